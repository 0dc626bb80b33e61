-- When a search by model $1 returns nothing: rule $2.
update knowledge.embedding_models
set abstention = $2::jsonb
where embedding_model = $1::text
