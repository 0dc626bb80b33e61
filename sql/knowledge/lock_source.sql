-- Collection of source $1; nobody else saves its passages until the transaction ends.
select collection
from knowledge.sources
where source_id = $1::text
for update
