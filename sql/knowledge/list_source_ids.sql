-- Sources of one collection, withdrawn ones too: $1 collection.
select source_id
from knowledge.sources
where collection = $1::text
