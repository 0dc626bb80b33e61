-- The current passages that make up one whole with passage $1, at most $2: the parts of its
-- table, answer or exercise; else, of running text, those of its section.
select
    other.passage_id,
    other.chunk_no,
    other.kind,
    other.passage_text,
    other.page_first,
    other.page_last,
    other.char_start,
    other.char_end,
    (other.payload ->> 'part')::integer as part_no
from knowledge.passages as shown
inner join knowledge.passages as other
    on
        shown.collection = other.collection
        and shown.source_id = other.source_id
where
    shown.passage_id = $1::text
    and shown.is_current
    and other.is_current
    and (
        other.passage_id = shown.passage_id
        or other.payload ->> 'whole' = shown.payload ->> 'whole'
        or (
            shown.kind = 'text'
            and other.kind = 'text'
            and shown.payload ->> 'whole' is null
            and other.payload ->> 'whole' is null
            and shown.section_path = other.section_path
        )
    )
order by other.chunk_no asc
limit $2::bigint
