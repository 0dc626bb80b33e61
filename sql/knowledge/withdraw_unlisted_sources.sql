-- Withdraw the sources of collection $1 that are not among the ids $2; $3 the reason.
update knowledge.sources
set
    withdrawn_reason = $3::text,
    withdrawn_by = 'manifest'
where
    collection = $1::text
    and withdrawn_reason is null
    and not source_id = any($2::text[])
