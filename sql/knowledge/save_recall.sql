-- Model $1 found the share $2 of what exact search finds, searched as broadly as $3.
update knowledge.embedding_models
set
    recall_ratio = $2::double precision,
    search_ef = $3::integer,
    recall_measured_at = now()
where embedding_model = $1::text
