-- Open findings of file $2, collection $1, that this transaction did not see are solved.
update knowledge.quarantine
set resolved_at = now()
where
    collection = $1::text
    and file_name = $2::text
    and resolved_at is null
    and last_seen < now()
