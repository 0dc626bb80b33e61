-- Passages in use, those of them in a language that the model knows ($1, null = all),
-- and those of these that have a vector.
select
    count(*) as passage_count,
    count(*) filter (
        where $1::text[] is null or passages_in_use.language_code = any($1::text[])
    ) as readable_count,
    count(*) filter (
        where
        ($1::text[] is null or passages_in_use.language_code = any($1::text[]))
        and exists (
            select 1
            from knowledge.model_vectors
            where
                model_vectors.text_key = passages_in_use.text_key
                and model_vectors.collection = passages_in_use.collection
        )
    ) as embedded_count
from knowledge.passages_in_use
