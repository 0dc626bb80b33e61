-- Collections that have sources.
select distinct collection
from knowledge.sources
order by collection asc
