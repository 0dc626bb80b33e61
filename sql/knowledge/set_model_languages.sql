-- Model $1 is used for the languages $2, null = all.
update knowledge.embedding_models
set languages = $2::text[]
where embedding_model = $1::text
