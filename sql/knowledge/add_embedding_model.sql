-- Register model $1 with the SHA-256 of its weights $2, dimension $3, languages $4, kind
-- of index $5, its m $6 and ef_construction $7, and the ef of a search $8: its table.
select knowledge.add_embedding_model(
    $1::text,
    $2::text,
    $3::integer,
    $4::text[],
    $5::text,
    $6::integer,
    $7::integer,
    $8::integer
)
