-- The staged passages of source $1, collection $2, become its current ones. Where a
-- passage stands may change while it stays the same. A release holds for the same text
-- as long as no reason is added.
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
    section_path,
    page_first,
    page_last,
    char_start,
    char_end,
    token_count,
    search_words,
    translated_text,
    held_reasons,
    released_by,
    released_at
)
select
    $2::text as collection,
    staged.passage_id,
    $1::text as source_id,
    staged.chunk_no,
    staged.content_sha256,
    staged.chunker_version,
    true as is_current,
    staged.kind,
    staged.title,
    staged.passage_text,
    staged.language_code,
    staged.movements,
    staged.issues,
    staged.payload,
    staged.section_path,
    staged.page_first,
    staged.page_last,
    staged.char_start,
    staged.char_end,
    staged.token_count,
    staged.search_words,
    to_tsvector('simple', staged.translated_words) as translated_text,
    staged.held_reasons,
    released.released_by,
    released.released_at
from staged_passages as staged
left join lateral (
    select
        earlier.released_by,
        earlier.released_at
    from knowledge.passages as earlier
    where
        staged.held_reasons != '{}'
        and earlier.source_id = $1::text
        and earlier.collection = $2::text
        and earlier.text_key
        = knowledge.compute_text_key(staged.title || '. ' || staged.passage_text)
        and earlier.released_at is not null
        and earlier.held_reasons @> staged.held_reasons
    order by earlier.released_at desc
    limit 1
) as released on true
on conflict (passage_id, collection) do update
    set
        is_current = true,
        section_path = excluded.section_path,
        page_first = excluded.page_first,
        page_last = excluded.page_last,
        char_start = excluded.char_start,
        char_end = excluded.char_end,
        token_count = excluded.token_count,
        held_reasons = excluded.held_reasons,
        released_by = excluded.released_by,
        released_at = excluded.released_at
    where
    (
        passages.is_current,
        passages.section_path,
        passages.page_first,
        passages.page_last,
        passages.char_start,
        passages.char_end,
        passages.token_count,
        passages.held_reasons
    )
    is distinct from
    (
        true,
        excluded.section_path,
        excluded.page_first,
        excluded.page_last,
        excluded.char_start,
        excluded.char_end,
        excluded.token_count,
        excluded.held_reasons
    )
