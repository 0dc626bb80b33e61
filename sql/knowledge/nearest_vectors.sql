-- How far the $2 vectors are that lie nearest to embedding $1.
select embedding <=> $1::halfvec as distance
from knowledge.model_vectors
order by embedding <=> $1::halfvec
limit $2::bigint
