-- Sources and passages in use.
select
    count(distinct source_id) as source_count,
    count(*) as passage_count
from knowledge.passages_in_use
