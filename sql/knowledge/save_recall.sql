-- Model $1 found the share $2 of what exact search finds.
update knowledge.embedding_models
set
    recall_ratio = $2::double precision,
    recall_measured_at = now()
where embedding_model = $1::text
