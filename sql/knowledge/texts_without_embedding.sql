-- Passages in use that model $1 has not embedded.
select
    passages_in_use.passage_id,
    passages_in_use.title || '. ' || passages_in_use.passage_text as text_to_embed
from knowledge.passages_in_use
left join knowledge.embeddings
    on
        passages_in_use.passage_id = embeddings.passage_id
        and embeddings.embedding_model = $1::text
where embeddings.passage_id is null
order by passages_in_use.passage_id asc
