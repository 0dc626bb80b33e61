-- Passages for one question: a vector channel and a text channel, fused by reciprocal
-- rank (Cormack, Clarke and Buettcher 2009, SIGIR, doi 10.1145/1571941.1572114).
-- $1 question, $2 its embedding, $3 embedding model, $4 movement or null, $5 issue or
-- null, $6 passages kept per channel, $7 rank offset of the fusion, $8 least cosine
-- similarity of a passage that may be returned, $9 passages wanted.
with
words as (
    -- Any of the words may match, not all of them.
    select replace(plainto_tsquery('english', $1::text)::text, '&', '|')::tsquery as any_word
),

nearest as (
    select
        passages_in_use.passage_id,
        embeddings.embedding <=> $2::halfvec(384) as distance
    from knowledge.embeddings
    inner join knowledge.passages_in_use
        on embeddings.passage_id = passages_in_use.passage_id
    where
        embeddings.embedding_model = $3::text
        and ($4::text is null or $4::text = any(passages_in_use.movements))
        and ($5::text is null or $5::text = any(passages_in_use.issues))
    order by distance asc
    limit $6::bigint
),

vector_channel as (
    select
        passage_id,
        row_number() over (order by distance asc, passage_id asc) as place
    from nearest
),

matching as (
    select
        passages_in_use.passage_id,
        ts_rank_cd(passages_in_use.search_text, words.any_word) as relevance
    from knowledge.passages_in_use
    inner join words on passages_in_use.search_text @@ words.any_word
    where
        ($4::text is null or $4::text = any(passages_in_use.movements))
        and ($5::text is null or $5::text = any(passages_in_use.issues))
    order by relevance desc, passages_in_use.passage_id asc
    limit $6::bigint
),

text_channel as (
    select
        passage_id,
        row_number() over (order by relevance desc, passage_id asc) as place
    from matching
),

places as (
    select
        vector_channel.place as vector_place,
        text_channel.place as text_place,
        coalesce(vector_channel.passage_id, text_channel.passage_id) as passage_id,
        coalesce(1 / ($7::double precision + vector_channel.place), 0)
        + coalesce(1 / ($7::double precision + text_channel.place), 0) as fused_score
    from vector_channel
    full outer join text_channel on vector_channel.passage_id = text_channel.passage_id
)

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
    places.fused_score,
    places.vector_place,
    places.text_place,
    1 - (embeddings.embedding <=> $2::halfvec(384)) as similarity
from places
inner join knowledge.passages_in_use on places.passage_id = passages_in_use.passage_id
inner join knowledge.embeddings
    on
        places.passage_id = embeddings.passage_id
        and embeddings.embedding_model = $3::text
where 1 - (embeddings.embedding <=> $2::halfvec(384)) >= $8::double precision
order by places.fused_score desc, similarity desc, passages_in_use.passage_id asc
limit $9::bigint
