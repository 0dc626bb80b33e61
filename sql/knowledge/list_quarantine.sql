-- Findings still open: $1 collection, or null for all.
select
    collection,
    file_name,
    place,
    finding,
    fix,
    owner,
    first_seen,
    last_seen
from knowledge.quarantine
where
    resolved_at is null
    and ($1::text is null or collection = $1::text)
order by collection asc, file_name asc, place asc, finding asc
