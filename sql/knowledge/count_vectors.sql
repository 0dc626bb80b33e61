-- Vectors of collection $1 under the keys $2.
select count(*) as vector_count
from knowledge.model_vectors
where collection = $1::text and text_key = any($2::uuid[])
