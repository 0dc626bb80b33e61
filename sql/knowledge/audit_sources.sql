-- What the checks look at in every source in use.
select
    source_id,
    collection,
    title,
    licence,
    rights_owner,
    trust_level,
    language_code,
    file_sha256,
    admitted_by
from knowledge.sources
where withdrawn_reason is null
order by collection asc, source_id asc
