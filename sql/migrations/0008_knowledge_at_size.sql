-- sqlfluff:exclude_rules:references.keywords,structure.column_order,ambiguous.column_count
-- The knowledge base at any size: passages in one partition per collection, vectors in
-- one table per model, near duplicates as links, texts held for review.
-- What 0002 stored is carried over. Nothing here holds data about an athlete.

drop view knowledge.passages_in_use;

alter table knowledge.sources
add column topics text[] not null default '{}',
add column sport text,
add column audience text[] not null default '{}',
add column movements text[] not null default '{}',
add column passages_sha256 text not null default '',
add column needs_ingest_reason text,
add column made_from text,
add column chunk_count integer check (chunk_count >= 0),
add column page_count integer check (page_count > 0),
add column withdrawn_by text check (withdrawn_by in ('manifest', 'command')),
add unique (collection, source_id);

comment on column knowledge.sources.audience is 'For whom it is written; empty = for all.';
comment on column knowledge.sources.passages_sha256 is
'SHA-256 over its passages that retrieval may return; part of the knowledge version.';
comment on column knowledge.sources.needs_ingest_reason is
'Why the source must be ingested again, although its file did not change; null = need not.';

comment on column knowledge.sources.made_from is
'File, versions and statements that its passages were made from; null = to be made again.';
comment on column knowledge.sources.chunk_count is
'Passages and links that the last ingest gave.';
comment on column knowledge.sources.page_count is 'Pages of its file; null = it has none.';
comment on column knowledge.sources.withdrawn_by is
'Who withdrew it: what a command withdrew, the same manifest does not bring back.';

create temporary table passages_before on commit drop as
select
    sources.collection,
    passages.*
from knowledge.passages
inner join knowledge.sources on passages.source_id = sources.source_id;

create temporary table vectors_before on commit drop as
select * from knowledge.embeddings;

drop table knowledge.embeddings;
drop table knowledge.passages;

-- Immutable, as a generated column wants: the encoding of a database never changes.
create function knowledge.compute_text_key(embedded text) returns uuid
language sql immutable
set search_path = ''
as $$
    select encode(substring(sha256(convert_to(embedded, 'UTF8')) from 1 for 16), 'hex')::uuid
$$;

create table knowledge.passages (
    collection text not null,
    passage_id text not null,
    source_id text not null,
    chunk_no integer not null check (chunk_no >= 0),
    content_sha256 text not null,
    chunker_version text not null,
    is_current boolean not null,
    kind text not null check (kind in ('technique', 'exercise', 'answer', 'text', 'table')),
    title text not null,
    passage_text text not null check (length(passage_text) > 0),
    language_code text not null,
    movements text[] not null,
    issues text[] not null,
    payload jsonb not null,
    section_path text[] not null default '{}',
    page_first integer,
    page_last integer check (page_last >= page_first),
    char_start bigint check (char_start >= 0),
    char_end bigint check (char_end >= char_start),
    token_count integer check (token_count >= 0),
    search_words text,
    held_reasons text[] not null default '{}',
    released_by text,
    released_at timestamptz,
    text_key uuid not null generated always as (
        knowledge.compute_text_key(title || '. ' || passage_text)
    ) stored,
    search_text tsvector not null generated always as (
        to_tsvector(
            case language_code
                when 'en' then 'english'::regconfig
                else 'simple'::regconfig
            end,
            coalesce(search_words, title || ' ' || passage_text)
        )
    ) stored,
    primary key (passage_id, collection),
    unique (source_id, chunk_no, content_sha256, chunker_version, collection),
    foreign key (collection, source_id) references knowledge.sources (collection, source_id)
) partition by list (collection);

comment on table knowledge.passages is
'One row per passage and content. Superseded ones stay, so that past reports resolve.';
comment on column knowledge.passages.text_key is
'First 128 bits of the SHA-256 of the text that is embedded: title, point, space, text.';
comment on column knowledge.passages.search_words is
'The words of a text without spaces between words, with spaces; null = the text has them.';
comment on column knowledge.passages.held_reasons is
'Why a person must read it first: never retrieved before it is released.';

-- Without fastupdate: its list of rows not yet in the index makes searches read the table.
create index passages_search_text on knowledge.passages using gin (search_text)
with (fastupdate = off) where is_current;
create index passages_issues on knowledge.passages using gin (issues) where is_current;
create index passages_text_key on knowledge.passages (text_key) where is_current;

create view knowledge.passages_in_use with (security_invoker = true) as
select
    passages.collection,
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
    passages.section_path,
    passages.page_first,
    passages.page_last,
    passages.char_start,
    passages.char_end,
    passages.token_count,
    passages.text_key,
    passages.search_text,
    sources.title as source_title,
    sources.licence,
    sources.trust_level,
    sources.audience,
    sources.topics,
    sources.sport,
    sources.movements as source_movements
from knowledge.passages
inner join knowledge.sources
    on
        passages.collection = sources.collection
        and passages.source_id = sources.source_id
where
    passages.is_current
    and sources.withdrawn_reason is null
    and (passages.held_reasons = '{}' or passages.released_at is not null);

comment on view knowledge.passages_in_use is
'Current passages, not held, of sources not withdrawn: all that retrieval may return.';

create table knowledge.passage_links (
    source_id text not null references knowledge.sources (source_id),
    chunk_no integer not null check (chunk_no >= 0),
    page_first integer,
    page_last integer check (page_last >= page_first),
    kept_passage_id text not null,
    similarity_ratio double precision not null check (similarity_ratio between 0 and 1),
    text_key uuid,
    primary key (source_id, chunk_no)
);

comment on table knowledge.passage_links is
'One row per passage not stored, because another source has nearly the same text.';

create index passage_links_kept_passage_id on knowledge.passage_links (kept_passage_id);

create table knowledge.embedding_models (
    embedding_model text primary key,
    model_no integer not null generated always as identity,
    model_name text not null,
    revision text not null,
    weights_sha256 text,
    dimension integer not null check (dimension between 1 and 4000),
    languages text[],
    table_name text unique,
    state text not null check (state in ('building', 'active', 'retired')),
    index_kind text not null check (index_kind in ('halfvec', 'bit')),
    index_m integer not null check (index_m between 2 and 100),
    index_ef_construction integer not null check (index_ef_construction between 4 and 1000),
    search_ef integer not null check (search_ef between 1 and 1000),
    created_at timestamptz not null default now(),
    recall_ratio double precision check (recall_ratio between 0 and 1),
    recall_measured_at timestamptz,
    activated_at timestamptz,
    probe_embedding halfvec,
    check (state != 'active' or table_name is not null),
    check (table_name = 'vectors_' || model_no)
);

comment on table knowledge.embedding_models is
'One row per model and revision that has embedded passages; one is active.';
comment on column knowledge.embedding_models.languages is
'Languages that the model knows; passages in others have no vector. Null = all.';
comment on column knowledge.embedding_models.table_name is
'Table of its vectors; null = they were deleted.';
comment on column knowledge.embedding_models.probe_embedding is
'What the model made of one fixed text: another answer means another model.';
comment on column knowledge.embedding_models.index_kind is
'halfvec = cosine on half precision; bit = signs only, re-ranked by cosine.';

create unique index embedding_models_one_active
on knowledge.embedding_models (state) where state = 'active';

create table knowledge.model_vectors (
    collection text not null,
    text_key uuid not null,
    chunker_version text not null,
    embedding halfvec not null,
    signs bit varying
);

comment on table knowledge.model_vectors is
'Always empty: stands in SQL text for the table of one model''s vectors.';

alter table knowledge.query_embeddings alter column embedding type halfvec;

-- The pipeline owns no table here: these functions run as the owner of the schema, take
-- names as data, and make only what is described. Temporary objects come last in their
-- search path: a caller's own type named text must not run as the owner.

create function knowledge.partition_of(parent text, wanted text) returns text
language sql immutable
set search_path = ''
as $$
    select
        left(
            parent || '_'
            || regexp_replace(lower(wanted collate "C"), '[^a-z0-9]+', '_', 'g'),
            40
        )
        || '_' || left(encode(sha256(convert_to(wanted, 'UTF8')), 'hex'), 8)
$$;

comment on function knowledge.partition_of(text, text) is
'Name of the partition of a table that holds a collection.';

create function knowledge.add_collection(wanted text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    parent text;
    part text;
begin
    if coalesce(trim(wanted), '') = '' then
        raise exception 'a collection needs a name';
    end if;
    perform pg_advisory_xact_lock(hashtext('sportsgpt knowledge partitions'));
    for parent in
        select 'passages'
        union all
        select table_name from knowledge.embedding_models where table_name is not null
    loop
        part := knowledge.partition_of(parent, wanted);
        if to_regclass(format('knowledge.%I', part)) is null then
            -- Made first and attached then: readers of the parent go on meanwhile.
            execute format(
                'create table knowledge.%I (like knowledge.%I including all)', part, parent
            );
            execute format(
                'alter table knowledge.%I attach partition knowledge.%I for values in (%L)',
                parent, part, wanted
            );
        end if;
    end loop;
end
$$;

create function knowledge.add_embedding_model(
    wanted text,
    wanted_sha256 text,
    wanted_dimension integer,
    wanted_languages text[],
    wanted_kind text,
    wanted_m integer,
    wanted_ef_construction integer,
    wanted_search_ef integer
) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    model knowledge.embedding_models;
    vectors text;
    types text := (
        select extnamespace::regnamespace::text from pg_catalog.pg_extension
        where extname = 'vector'
    );
    one_collection text;
begin
    perform pg_advisory_xact_lock(hashtext('sportsgpt knowledge partitions'));
    insert into knowledge.embedding_models (
        embedding_model, model_name, revision, weights_sha256, dimension, languages,
        state, index_kind, index_m, index_ef_construction, search_ef
    )
    values (
        wanted,
        regexp_replace(wanted, '@[^@]*$', ''),
        coalesce(substring(wanted from '@([^@]*)$'), ''),
        wanted_sha256, wanted_dimension, wanted_languages,
        'building', wanted_kind, wanted_m, wanted_ef_construction, wanted_search_ef
    )
    on conflict (embedding_model) do nothing;
    select * into model from knowledge.embedding_models where embedding_model = wanted;
    if model.table_name is not null then
        if model.dimension != wanted_dimension then
            raise exception '% has vectors of %, not of %',
            wanted, model.dimension, wanted_dimension;
        end if;
        return model.table_name;
    end if;
    vectors := format('vectors_%s', model.model_no);
    -- Signs are stored only where the index is over them.
    execute format(
        'create table knowledge.%1$I ('
        'collection text not null, text_key uuid not null, chunker_version text not null, '
        'embedding %2$s.halfvec(%3$s) not null%4$s, '
        'primary key (text_key, collection)) partition by list (collection)',
        vectors, types, wanted_dimension,
        case wanted_kind when 'bit' then format(
            ', signs bit(%1$s) not null generated always as '
            '(%2$s.binary_quantize(embedding)::bit(%1$s)) stored',
            wanted_dimension, types
        ) else '' end
    );
    execute format('comment on table knowledge.%I is %L', vectors, 'Vectors of ' || wanted);
    execute format(
        'grant select, insert, update, delete on knowledge.%I to sportsgpt_pipeline', vectors
    );
    execute format('grant select on knowledge.%I to sportsgpt_analyst', vectors);
    update knowledge.embedding_models
    set
        table_name = vectors, state = 'building', dimension = wanted_dimension,
        weights_sha256 = wanted_sha256, languages = wanted_languages,
        probe_embedding = null, index_kind = wanted_kind,
        index_m = wanted_m, index_ef_construction = wanted_ef_construction,
        search_ef = wanted_search_ef, recall_ratio = null, recall_measured_at = null
    where embedding_model = wanted;
    for one_collection in select distinct collection from knowledge.sources loop
        perform knowledge.add_collection(one_collection);
    end loop;
    return vectors;
end
$$;

create function knowledge.build_vector_index(
    wanted text, wanted_collection text, memory_mb integer, workers integer
) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    model knowledge.embedding_models;
    part text;
    types text := (
        select extnamespace::regnamespace::text from pg_catalog.pg_extension
        where extname = 'vector'
    );
begin
    select * into strict model from knowledge.embedding_models
    where embedding_model = wanted and table_name is not null;
    part := knowledge.partition_of(model.table_name, wanted_collection);
    if to_regclass(format('knowledge.%I', part || '_hnsw')) is not null then
        return false;
    end if;
    perform set_config('maintenance_work_mem', memory_mb || 'MB', true);
    perform set_config('max_parallel_maintenance_workers', workers::text, true);
    execute format(
        'create index %1$I on knowledge.%2$I using hnsw (%3$s) with (m = %4$s, ef_construction = %5$s)',
        part || '_hnsw', part,
        case model.index_kind
            when 'bit' then format('signs %s.bit_hamming_ops', types)
            else format('embedding %s.halfvec_cosine_ops', types)
        end,
        model.index_m, model.index_ef_construction
    );
    return true;
end
$$;

create function knowledge.drop_vector_index(wanted text, wanted_collection text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    execute (
        select format(
            'drop index if exists knowledge.%I',
            knowledge.partition_of(table_name, wanted_collection) || '_hnsw'
        )
        from knowledge.embedding_models
        where embedding_model = wanted and table_name is not null
    );
end
$$;

create function knowledge.refresh_statistics(wanted text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    analyze knowledge.sources, knowledge.passages;
    execute (
        select format('analyze knowledge.%I', table_name)
        from knowledge.embedding_models
        where embedding_model = wanted and table_name is not null
    );
end
$$;

comment on function knowledge.refresh_statistics(text) is
'What plans are made by: nothing else does this for tables in partitions.';

create function knowledge.delete_embedding_model(wanted text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    model knowledge.embedding_models;
begin
    -- Readers hold this lock, shared, from before they learn a table's name.
    perform pg_advisory_xact_lock(hashtext('sportsgpt knowledge models'));
    select * into strict model from knowledge.embedding_models
    where embedding_model = wanted for update;
    if model.state = 'active' then
        raise exception '% is the active model', wanted;
    end if;
    if model.table_name is not null then
        execute format('drop table knowledge.%I', model.table_name);
    end if;
    delete from knowledge.query_embeddings where embedding_model = wanted;
    update knowledge.embedding_models set table_name = null, state = 'retired'
    where embedding_model = wanted;
end
$$;

create function knowledge.compute_passages_sha256(wanted text) returns text
language sql stable
set search_path = ''
as $$
    select encode(
        sha256(
            convert_to(
                coalesce(
                    string_agg(
                        concat_ws(' ', chunk_no, content_sha256, chunker_version), ','
                        order by chunk_no, passage_id
                    ),
                    ''
                ),
                'UTF8'
            )
        ),
        'hex'
    )
    from knowledge.passages
    where
        source_id = wanted
        and is_current
        and (held_reasons = '{}' or released_at is not null)
$$;

comment on function knowledge.compute_passages_sha256(text) is
'SHA-256 over the passages of a source that retrieval may return.';

select knowledge.add_collection(collection)
from (select distinct collection from knowledge.sources) as collections;

insert into knowledge.passages (
    collection, passage_id, source_id, chunk_no, content_sha256, chunker_version, is_current,
    kind, title, passage_text, language_code, movements, issues, payload
)
select
    collection,
    passage_id,
    source_id,
    chunk_no,
    content_sha256,
    chunker_version,
    is_current,
    kind,
    title,
    passage_text,
    language_code,
    movements,
    issues,
    payload
from passages_before;

update knowledge.sources
set passages_sha256 = knowledge.compute_passages_sha256(source_id);

do $$
declare
    known record;
    vectors text;
begin
    for known in
        select
            embedding_model,
            row_number() over (order by count(*) desc, embedding_model) as place
        from vectors_before group by embedding_model
    loop
        vectors := knowledge.add_embedding_model(
            known.embedding_model, null, 384, array['en'], 'halfvec', 16, 64, 100
        );
        execute format(
            'insert into knowledge.%I (collection, text_key, chunker_version, embedding) '
            'select distinct on (passages.text_key, passages.collection) '
            'passages.collection, passages.text_key, passages.chunker_version, embedding '
            'from vectors_before inner join knowledge.passages using (passage_id) '
            'where embedding_model = %L '
            'order by passages.text_key, passages.collection, passages.is_current desc',
            vectors, known.embedding_model
        );
        perform knowledge.build_vector_index(known.embedding_model, collection, 256, 0)
        from (select distinct collection from knowledge.sources) as collections;
        update knowledge.embedding_models
        set
            state = case known.place when 1 then 'active' else 'retired' end,
            activated_at = case known.place when 1 then now() end
        where embedding_model = known.embedding_model;
    end loop;
end
$$;

-- Texts held for review and texts of withdrawn sources are for the pipeline's login only.
alter table knowledge.passages enable row level security;

create policy pipeline_works_with_all on knowledge.passages
to sportsgpt_pipeline using (true);

create policy people_see_what_is_allowed on knowledge.passages
for select to sportsgpt_analyst, sportsgpt_reader
using (
    (held_reasons = '{}' or released_at is not null)
    and exists (
        select 1
        from knowledge.sources
        where
            sources.source_id = passages.source_id
            and sources.withdrawn_reason is null
    )
);

-- Passages stay, so that past reports resolve: nobody but the owner deletes one. Tables of
-- vectors, and what a search wrote down, are not for readers.
grant select, insert, update on knowledge.passages to sportsgpt_pipeline;
grant select, insert, update, delete on knowledge.passage_links to sportsgpt_pipeline;
grant select on knowledge.embedding_models, knowledge.model_vectors to sportsgpt_pipeline;
grant update (
    state, activated_at, recall_ratio, recall_measured_at, search_ef, languages,
    probe_embedding
) on knowledge.embedding_models to sportsgpt_pipeline;
grant select on knowledge.passages_in_use to sportsgpt_pipeline;
grant select
on knowledge.passages, knowledge.passages_in_use, knowledge.passage_links,
knowledge.embedding_models
to sportsgpt_analyst, sportsgpt_reader;
grant select on knowledge.model_vectors to sportsgpt_analyst;
revoke all on knowledge.query_embeddings from sportsgpt_analyst, sportsgpt_reader;

revoke all on all functions in schema knowledge from public;
grant execute on all functions in schema knowledge to sportsgpt_pipeline;
