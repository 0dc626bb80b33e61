-- Sources in use that link to a passage which is not in use, or is not there, must be
-- ingested again, so that their own text takes its place: reason $1. Only links of source $2
-- or to a passage of it; null = all.
update knowledge.sources
set needs_ingest_reason = $1::text
where
    withdrawn_reason is null
    and needs_ingest_reason is null
    and source_id in (
        select passage_links.source_id
        from knowledge.passage_links
        left join knowledge.passages as kept
            on passage_links.kept_passage_id = kept.passage_id
        where
            (
                $2::text is null
                or kept.source_id = $2::text
                or passage_links.source_id = $2::text
            )
            and not exists (
                select 1
                from knowledge.passages_in_use
                where passages_in_use.passage_id = passage_links.kept_passage_id
            )
    )
