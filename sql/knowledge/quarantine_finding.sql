-- Finding $4 in place $3 of file $2, collection $1: fix $5, owner $6. Seen again, it is
-- open again.
insert into knowledge.quarantine (collection, file_name, place, finding, fix, owner)
values ($1, $2, $3, $4, $5, $6)
on conflict (collection, file_name, place, finding) do update set
    fix = excluded.fix,
    owner = excluded.owner,
    last_seen = now(),
    resolved_at = null
