-- Open findings of file $2, collection $1, in place $3 (null = any), that this transaction
-- did not see are solved.
update knowledge.quarantine
set resolved_at = now()
where
    collection = $1::text
    and file_name = $2::text
    and ($3::text is null or place = $3::text)
    and resolved_at is null
    and last_seen < now()
