-- Sources to be ingested again although their files did not change, and why.
select
    source_id,
    needs_ingest_reason
from knowledge.sources
where needs_ingest_reason is not null and withdrawn_reason is null
order by source_id asc
