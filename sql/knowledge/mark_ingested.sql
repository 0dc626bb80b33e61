-- What the passages of source $1 were made from ($2, null = they must be made again), how
-- many passages and links came out ($3), and pages went in ($4, null = it has none).
update knowledge.sources
set
    made_from = $2::text,
    chunk_count = $3::integer,
    page_count = $4::integer
where source_id = $1::text
