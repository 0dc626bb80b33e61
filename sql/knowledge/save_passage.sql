-- One passage, or the same one made current again; tells whether the row is new.
insert into knowledge.passages (
    passage_id,
    source_id,
    chunk_no,
    content_sha256,
    chunker_version,
    kind,
    title,
    passage_text,
    language_code,
    movements,
    issues,
    payload,
    is_current
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, true)
on conflict (source_id, chunk_no, content_sha256, chunker_version)
do update set is_current = true
-- A row just inserted has never been locked or updated.
returning xmax::text = '0' as is_new
