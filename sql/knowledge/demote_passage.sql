-- The current passage in place $2 of source $1 is no longer current.
update knowledge.passages
set is_current = false
where
    source_id = $1::text
    and chunk_no = $2::integer
    and is_current
