-- sqlfluff:exclude_rules:references.keywords
-- The words of a card's translation, apart from its own: a question in the card's language
-- ranks by the same words, and by the same length of text, as if there were none.

alter table knowledge.passages add column translated_text tsvector;

comment on column knowledge.passages.translated_text is
'The words of the passage in another language; null = it has no translation.';

create index passages_translated_text on knowledge.passages using gin (translated_text)
with (fastupdate = off) where is_current and translated_text is not null;

create or replace view knowledge.passages_in_use with (security_invoker = true) as
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
    sources.movements as source_movements,
    passages.translated_text
from knowledge.passages
inner join knowledge.sources
    on
        passages.collection = sources.collection
        and passages.source_id = sources.source_id
where
    passages.is_current
    and sources.withdrawn_reason is null
    and (passages.held_reasons = '{}' or passages.released_at is not null);
