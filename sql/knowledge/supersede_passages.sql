-- Passages of source $1 that are not among the ids $2 are no longer current.
update knowledge.passages
set is_current = false
where
    source_id = $1::text
    and is_current
    and not passage_id = any($2::text[])
