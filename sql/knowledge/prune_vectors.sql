-- Forget the vectors of texts that no passage in use has.
delete from knowledge.model_vectors
where not exists (
    select 1
    from knowledge.passages_in_use
    where
        passages_in_use.text_key = model_vectors.text_key
        and passages_in_use.collection = model_vectors.collection
)
