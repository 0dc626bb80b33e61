-- How far the $3 passages are that model $1 puts nearest to embedding $2.
select embedding <=> $2::halfvec(384) as distance
from knowledge.embeddings
where embedding_model = $1::text
order by embedding <=> $2::halfvec(384)
limit $3::bigint
