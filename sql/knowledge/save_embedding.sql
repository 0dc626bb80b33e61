-- Embedding $3 of passage $1 by model $2.
insert into knowledge.embeddings (passage_id, embedding_model, embedding)
values ($1, $2, $3)
on conflict (passage_id, embedding_model)
do update set embedding = excluded.embedding
