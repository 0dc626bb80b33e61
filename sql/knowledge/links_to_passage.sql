-- Places in other sources that have nearly the same text as passage $1.
select
    source_id,
    chunk_no,
    page_first,
    page_last,
    similarity_ratio
from knowledge.passage_links
where kept_passage_id = $1::text
order by source_id asc, chunk_no asc
