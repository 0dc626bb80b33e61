-- Sources and passages in use, and how many of these passages model $1 has embedded.
select
    count(distinct passages_in_use.source_id) as source_count,
    count(*) as passage_count,
    count(embeddings.passage_id) as embedding_count
from knowledge.passages_in_use
left join knowledge.embeddings
    on
        passages_in_use.passage_id = embeddings.passage_id
        and embeddings.embedding_model = $1::text
