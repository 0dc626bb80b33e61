-- The $2 passages nearest to embedding $1 among all that pass the filter, without the index.
-- $3 to $7 are the filter: movement, issues, audience, licence, trust levels; null = any.
with
allowed as materialized (
    select
        passages_in_use.passage_id,
        passages_in_use.text_key,
        passages_in_use.collection
    from knowledge.passages_in_use
    where
        knowledge.passes_filter(
            passages_in_use, $3::text, $4::text[], $5::text, $6::text, $7::text[]
        )
)

select
    allowed.passage_id,
    1 - (model_vectors.embedding <=> $1::halfvec) as similarity
from allowed
inner join knowledge.model_vectors
    on
        allowed.text_key = model_vectors.text_key
        and allowed.collection = model_vectors.collection
order by similarity desc, allowed.passage_id asc
limit $2::bigint
