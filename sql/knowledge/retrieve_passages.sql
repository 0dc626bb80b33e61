-- The passages $1, in no order, with their similarity to embedding $2, null without one,
-- and the other sources in use that say the same.
select
    passages_in_use.passage_id,
    passages_in_use.source_id,
    passages_in_use.chunk_no,
    passages_in_use.kind,
    passages_in_use.title,
    passages_in_use.passage_text,
    passages_in_use.payload,
    passages_in_use.source_title,
    passages_in_use.licence,
    passages_in_use.trust_level,
    1 - (model_vectors.embedding <=> $2::halfvec) as similarity,
    passages_in_use.collection,
    passages_in_use.language_code,
    passages_in_use.section_path,
    passages_in_use.page_first,
    passages_in_use.page_last,
    copies.places
from knowledge.passages_in_use
left join knowledge.model_vectors
    on
        passages_in_use.text_key = model_vectors.text_key
        and passages_in_use.collection = model_vectors.collection
left join lateral (
    select
        jsonb_agg(
            jsonb_build_array(
                passage_links.source_id,
                sources.title,
                passage_links.page_first,
                passage_links.page_last,
                passage_links.similarity_ratio
            )
            order by passage_links.similarity_ratio desc, passage_links.source_id asc
        ) as places
    from knowledge.passage_links
    inner join knowledge.sources on passage_links.source_id = sources.source_id
    where
        passage_links.kept_passage_id = passages_in_use.passage_id
        and sources.withdrawn_reason is null
) as copies on true
where passages_in_use.passage_id = any($1::text[])
