-- The $2 passages nearest to embedding $1 among all that pass the filter, without the index.
-- $3 to $7 are the filter: movement, issues, audience, licence, trust levels; null = any.
-- Lists of references answer nothing and are left out.
with
allowed as materialized (
    select
        passages_in_use.passage_id,
        passages_in_use.text_key,
        passages_in_use.collection
    from knowledge.passages_in_use
    where
        passages_in_use.payload ->> 'part_of' is distinct from 'references'
        and (
            $3::text is null
            or $3::text = any(passages_in_use.movements)
            or (
                passages_in_use.movements = '{}'
                and (
                    passages_in_use.source_movements = '{}'
                    or $3::text = any(passages_in_use.source_movements)
                )
            )
        )
        and ($4::text[] is null or passages_in_use.issues && $4::text[])
        and (
            $5::text is null
            or passages_in_use.audience = '{}'
            or $5::text = any(passages_in_use.audience)
        )
        and ($6::text is null or passages_in_use.licence = $6::text)
        and ($7::text[] is null or passages_in_use.trust_level = any($7::text[]))
)

select
    allowed.passage_id,
    1 - (model_vectors.embedding <=> $1::halfvec) as similarity
from allowed
inner join knowledge.model_vectors
    on
        allowed.text_key = model_vectors.text_key
        and allowed.collection = model_vectors.collection
order by similarity desc, allowed.passage_id asc
limit $2::bigint
