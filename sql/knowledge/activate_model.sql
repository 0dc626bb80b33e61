-- Readers use model $1 from the end of this transaction on.
update knowledge.embedding_models
set
    state = 'active',
    activated_at = now()
where embedding_model = $1::text and table_name is not null
