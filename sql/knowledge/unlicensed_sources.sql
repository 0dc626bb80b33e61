-- Sources in use that name no licence or no owner.
select source_id
from knowledge.sources
where
    withdrawn_reason is null
    and (trim(licence) = '' or trim(rights_owner) = '')
order by source_id asc
