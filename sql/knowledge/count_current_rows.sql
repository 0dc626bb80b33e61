-- Current passages and links of source $1.
select
    (
        select count(*)
        from knowledge.passages
        where source_id = $1::text and is_current
    ) as passage_count,
    (
        select count(*)
        from knowledge.passage_links
        where source_id = $1::text
    ) as link_count
