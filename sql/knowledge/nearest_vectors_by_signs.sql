-- How far the $2 vectors are that lie nearest to embedding $1, among the $3 whose signs
-- differ least from its own.
with candidates as materialized (
    select embedding
    from knowledge.model_vectors
    order by signs <~> binary_quantize($1::halfvec) -- noqa: PRS
    limit $3::bigint
)

select embedding <=> $1::halfvec as distance
from candidates
order by distance asc
limit $2::bigint
