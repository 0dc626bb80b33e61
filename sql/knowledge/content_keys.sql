-- What the version of the knowledge base is computed from: each source in use, all that
-- is said of it, and what stands for its passages.
select
    jsonb_build_array(
        source_id,
        title,
        authors,
        publication_year,
        edition,
        licence,
        rights_owner,
        trust_level,
        language_code,
        topics,
        sport,
        audience,
        movements,
        passages_sha256
    )::text as content_key
from knowledge.sources
where withdrawn_reason is null
order by source_id asc
