-- Passages in use of each source and language, and those of them that have a vector.
select
    passages_in_use.source_id,
    passages_in_use.language_code,
    count(*) as passage_count,
    count(model_vectors.text_key) as vector_count
from knowledge.passages_in_use
left join knowledge.model_vectors
    on
        passages_in_use.text_key = model_vectors.text_key
        and passages_in_use.collection = model_vectors.collection
group by passages_in_use.source_id, passages_in_use.language_code
order by passages_in_use.source_id asc, passages_in_use.language_code asc
