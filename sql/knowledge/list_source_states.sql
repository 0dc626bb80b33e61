-- Every source ever admitted: what is said of it, what it was made from, and its rows.
with
passage_counts as (
    select
        source_id,
        count(*) as passage_count,
        count(*) filter (
            where held_reasons != '{}' and released_at is null
        ) as held_count
    from knowledge.passages
    where is_current
    group by source_id
),

link_counts as (
    select
        source_id,
        count(*) as link_count
    from knowledge.passage_links
    group by source_id
)

select
    sources.source_id,
    sources.collection,
    sources.title,
    sources.licence,
    sources.rights_owner,
    sources.trust_level,
    sources.language_code,
    sources.file_sha256,
    sources.admitted_by,
    sources.withdrawn_reason,
    sources.made_from,
    sources.chunk_count,
    sources.page_count,
    coalesce(passage_counts.passage_count, 0) as passage_count,
    coalesce(link_counts.link_count, 0) as link_count,
    coalesce(passage_counts.held_count, 0) as held_count
from knowledge.sources
left join passage_counts on sources.source_id = passage_counts.source_id
left join link_counts on sources.source_id = link_counts.source_id
order by sources.collection asc, sources.source_id asc
