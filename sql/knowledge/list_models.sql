-- Every model that was ever registered, the active one first, then the latest.
select
    embedding_model,
    dimension,
    languages,
    table_name,
    state,
    index_kind,
    search_ef,
    recall_ratio,
    created_at,
    activated_at,
    abstention
from knowledge.embedding_models
order by state = 'active' desc, activated_at desc nulls last, model_no desc
