-- Texts in use of collection $1 without a vector, in a language of $2 (null = all).
select count(distinct passages_in_use.text_key) as text_count
from knowledge.passages_in_use
where
    passages_in_use.collection = $1::text
    and ($2::text[] is null or passages_in_use.language_code = any($2::text[]))
    and not exists (
        select 1
        from knowledge.model_vectors
        where
            model_vectors.text_key = passages_in_use.text_key
            and model_vectors.collection = passages_in_use.collection
    )
