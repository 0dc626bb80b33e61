-- Vectors of collection $1.
select count(*) as vector_count
from knowledge.model_vectors
where collection = $1::text
