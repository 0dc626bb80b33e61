-- The active model gives way; its vectors stay, for a way back.
update knowledge.embedding_models
set state = 'retired'
where state = 'active'
