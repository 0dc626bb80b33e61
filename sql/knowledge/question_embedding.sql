-- The embedding of the question with SHA-256 $1 by model $2.
select embedding
from knowledge.query_embeddings
where query_sha256 = $1::text and embedding_model = $2::text
