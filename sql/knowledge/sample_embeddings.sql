-- At most $2 embeddings by model $1, to be asked as questions.
select embedding
from knowledge.embeddings
where embedding_model = $1::text
order by passage_id asc
limit $2::bigint
