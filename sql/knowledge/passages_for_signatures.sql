-- Passages in use, for the search of near duplicates.
select
    passage_id,
    source_id,
    chunk_no,
    kind,
    title,
    passage_text,
    page_first,
    page_last,
    trust_level
from knowledge.passages_in_use
order by source_id asc, chunk_no asc
