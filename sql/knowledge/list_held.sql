-- Current passages that wait for a person to read them.
select
    passages.passage_id,
    passages.source_id,
    passages.page_first,
    passages.title,
    passages.passage_text,
    passages.held_reasons
from knowledge.passages
inner join knowledge.sources on passages.source_id = sources.source_id
where
    passages.is_current
    and passages.held_reasons != '{}'
    and passages.released_at is null
    and sources.withdrawn_reason is null
order by passages.source_id asc, passages.chunk_no asc
