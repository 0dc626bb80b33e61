-- What model $1 made of the probe; null where it was not asked yet.
select probe_embedding
from knowledge.embedding_models
where embedding_model = $1::text
