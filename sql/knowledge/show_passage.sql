-- Passage $1 with its source, whether it is in use or not.
select
    passages.passage_id,
    passages.collection,
    passages.source_id,
    passages.chunk_no,
    passages.kind,
    passages.title,
    passages.passage_text,
    passages.language_code,
    passages.section_path,
    passages.page_first,
    passages.page_last,
    passages.char_start,
    passages.char_end,
    passages.token_count,
    passages.payload,
    passages.content_sha256,
    passages.chunker_version,
    passages.is_current,
    passages.held_reasons,
    passages.released_by,
    passages.released_at,
    sources.title as source_title,
    sources.authors,
    sources.publication_year,
    sources.edition,
    sources.licence,
    sources.rights_owner,
    sources.trust_level,
    sources.admitted_by,
    sources.withdrawn_reason
from knowledge.passages
inner join knowledge.sources
    on
        passages.collection = sources.collection
        and passages.source_id = sources.source_id
where passages.passage_id = $1::text
