-- Links with the very text of a passage of source $1 (null = any) that is no longer in use
-- become passages of their own source at once. What else the source says of the text comes
-- with its next ingest, which puts another row in this one's place: so the content hash is
-- none that an ingest could give.
insert into knowledge.passages (
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
    payload,
    page_first,
    page_last,
    token_count,
    search_words,
    held_reasons
)
select
    sources.collection,
    left(
        encode(
            sha256(
                convert_to(concat_ws(' ', links.source_id, links.chunk_no, kept.passage_id), 'UTF8')
            ),
            'hex'
        ),
        16
    ) as passage_id,
    links.source_id,
    links.chunk_no,
    encode(
        sha256(convert_to('promoted ' || kept.content_sha256, 'UTF8')), 'hex'
    ) as content_sha256,
    kept.chunker_version,
    true as is_current,
    case kept.kind when 'table' then 'table' else 'text' end as kind,
    kept.title,
    kept.passage_text,
    kept.language_code,
    sources.movements,
    '{}' as issues,
    '{"citations": []}' as payload,
    links.page_first,
    links.page_last,
    kept.token_count,
    kept.search_words,
    kept.held_reasons
from knowledge.passages as kept
inner join knowledge.passage_links as links
    on
        kept.passage_id = links.kept_passage_id
        and kept.text_key = links.text_key
inner join knowledge.sources on links.source_id = sources.source_id
where
    ($1::text is null or kept.source_id = $1::text)
    and sources.withdrawn_reason is null
    and not exists (
        select 1
        from knowledge.passages_in_use
        where
            passages_in_use.passage_id = kept.passage_id
            and passages_in_use.collection = kept.collection
    )
on conflict (passage_id, collection) do update set is_current = true
returning source_id, chunk_no
