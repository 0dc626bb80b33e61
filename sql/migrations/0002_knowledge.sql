-- The knowledge base: admitted sources, their passages, and embeddings for search.
-- Training marts are in 0001; nothing here holds data about an athlete.
create extension if not exists vector;

create schema knowledge;

create table knowledge.sources (
    source_id text primary key,
    collection text not null,
    title text not null,
    authors text[] not null,
    publication_year integer not null,
    edition text,
    licence text not null check (length(trim(licence)) > 0),
    rights_owner text not null check (length(trim(rights_owner)) > 0),
    trust_level text not null check (trust_level in ('high', 'medium', 'low')),
    language_code text not null,
    file_sha256 text not null,
    admitted_by text not null,
    withdrawn_reason text
);

comment on table knowledge.sources is
'One row per admitted source. A source with a withdrawn_reason is never retrieved.';

create table knowledge.passages (
    passage_id text primary key,
    source_id text not null references knowledge.sources (source_id),
    chunk_no integer not null check (chunk_no >= 0),
    content_sha256 text not null,
    chunker_version text not null,
    is_current boolean not null,
    kind text not null check (kind in ('technique', 'exercise', 'answer')),
    title text not null,
    passage_text text not null check (length(passage_text) > 0),
    language_code text not null,
    movements text[] not null,
    issues text[] not null,
    payload jsonb not null,
    search_text tsvector not null generated always as (
        to_tsvector(
            case language_code
                when 'en' then 'english'::regconfig
                else 'simple'::regconfig
            end,
            title || ' ' || passage_text
        )
    ) stored,
    unique (source_id, chunk_no, content_sha256, chunker_version)
);

comment on table knowledge.passages is
'One row per passage and content. Superseded ones stay, so that past reports resolve.';

create index passages_search_text on knowledge.passages using gin (search_text);
create index passages_issues on knowledge.passages using gin (issues);

create table knowledge.embeddings (
    passage_id text not null references knowledge.passages (passage_id) on delete cascade,
    embedding_model text not null,
    embedding halfvec(384) not null,
    primary key (passage_id, embedding_model)
);

comment on table knowledge.embeddings is
'One row per passage and embedding model with its revision; unit length, cosine distance.';

create index embeddings_hnsw on knowledge.embeddings
using hnsw (embedding halfvec_cosine_ops);

create table knowledge.query_embeddings (
    query_sha256 text not null,
    embedding_model text not null,
    query text not null,
    embedding halfvec(384) not null,
    primary key (query_sha256, embedding_model)
);

comment on table knowledge.query_embeddings is
'One row per question already embedded, so that a nightly run loads no network.';

create view knowledge.passages_in_use with (security_invoker = true) as
select
    passages.passage_id,
    passages.source_id,
    passages.chunk_no,
    passages.content_sha256,
    passages.chunker_version,
    passages.kind,
    passages.title,
    passages.passage_text,
    passages.language_code,
    passages.movements,
    passages.issues,
    passages.payload,
    passages.search_text,
    sources.title as source_title,
    sources.licence,
    sources.trust_level
from knowledge.passages
inner join knowledge.sources on passages.source_id = sources.source_id
where passages.is_current and sources.withdrawn_reason is null;

comment on view knowledge.passages_in_use is
'Current passages of sources that are not withdrawn: all that retrieval may return.';

grant usage on schema knowledge to sportsgpt_pipeline, sportsgpt_analyst, sportsgpt_reader;
grant select, insert, update, delete on all tables in schema knowledge to sportsgpt_pipeline;
grant select on all tables in schema knowledge to sportsgpt_analyst, sportsgpt_reader;
