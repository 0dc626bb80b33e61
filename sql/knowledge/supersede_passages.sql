-- Passages of source $1, collection $2, that are not staged are no longer current.
update knowledge.passages
set is_current = false
where
    source_id = $1::text
    and collection = $2::text
    and is_current
    and not exists (
        select 1
        from staged_passages
        where staged_passages.passage_id = passages.passage_id
    )
