-- At most $4 texts in use of collection $1 without a vector, in a language of $2 (null =
-- all), whose keys come after $3: each text once.
select distinct on (passages_in_use.text_key)
    passages_in_use.text_key,
    passages_in_use.chunker_version,
    passages_in_use.title || '. ' || passages_in_use.passage_text as text_to_embed
from knowledge.passages_in_use
where
    passages_in_use.collection = $1::text
    and ($2::text[] is null or passages_in_use.language_code = any($2::text[]))
    and passages_in_use.text_key > $3::uuid
    and not exists (
        select 1
        from knowledge.model_vectors
        where
            model_vectors.text_key = passages_in_use.text_key
            and model_vectors.collection = passages_in_use.collection
            and model_vectors.text_key > $3::uuid
    )
order by passages_in_use.text_key asc
limit $4::bigint
