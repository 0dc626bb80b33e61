-- Embedding $4 of the question $3 by model $2, under its SHA-256 $1.
insert into knowledge.query_embeddings (query_sha256, embedding_model, query, embedding)
values ($1, $2, $3, $4)
on conflict (query_sha256, embedding_model) do nothing
