-- Passage $1 was read and released by $2.
update knowledge.passages
set
    released_by = $2::text,
    released_at = now()
where passage_id = $1::text and held_reasons != '{}'
returning source_id
