-- At most $1 vectors, to be asked as questions; keys are hashes, so their order is chance.
select embedding
from knowledge.model_vectors
order by text_key asc
limit $1::bigint
