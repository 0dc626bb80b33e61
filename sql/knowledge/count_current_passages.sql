-- Current passages of source $1.
select count(*) as passage_count
from knowledge.passages
where source_id = $1::text and is_current
