-- The $2 passages nearest to embedding $1, by the index.
-- $3 to $7 are the filter: movement, issues, audience, licence, trust levels; null = any.
-- Passages are looked up vector by vector (offset 0), so that the index gives the order.
-- Lists of references answer nothing and are left out.
select
    allowed.passage_id,
    1 - (model_vectors.embedding <=> $1::halfvec) as similarity
from knowledge.model_vectors
inner join lateral (
    select passages_in_use.passage_id
    from knowledge.passages_in_use
    where
        passages_in_use.text_key = model_vectors.text_key
        and passages_in_use.collection = model_vectors.collection
        and passages_in_use.payload ->> 'part_of' is distinct from 'references'
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
    offset 0 -- noqa: AM09
) as allowed on true
order by model_vectors.embedding <=> $1::halfvec
limit $2::bigint
