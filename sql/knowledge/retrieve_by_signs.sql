-- The $2 passages nearest to embedding $1 among the $8 whose signs differ least from its own.
-- $3 to $7 are the filter: movement, issues, audience, licence, trust levels; null = any.
-- Passages are looked up vector by vector (offset 0), so that the index gives the order.
with
candidates as materialized (
    select
        allowed.passage_id,
        1 - (model_vectors.embedding <=> $1::halfvec) as similarity
    from knowledge.model_vectors
    inner join lateral (
        select passages_in_use.passage_id
        from knowledge.passages_in_use
        where
            passages_in_use.text_key = model_vectors.text_key
            and passages_in_use.collection = model_vectors.collection
            and knowledge.passes_filter(
                passages_in_use, $3::text, $4::text[], $5::text, $6::text, $7::text[]
            )
        offset 0 -- noqa: AM09
    ) as allowed on true
    order by model_vectors.signs <~> binary_quantize($1::halfvec) -- noqa: PRS
    limit $8::bigint
)

select
    passage_id,
    similarity
from candidates
order by similarity desc, passage_id asc
limit $2::bigint
