-- Which of the questions with the SHA-256 sums $2 model $1 has embedded.
select query_sha256
from knowledge.query_embeddings
where embedding_model = $1::text and query_sha256 = any($2::text[])
