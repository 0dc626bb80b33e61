-- What model $1 made of the probe: embedding $2.
update knowledge.embedding_models
set probe_embedding = $2::halfvec
where embedding_model = $1::text
