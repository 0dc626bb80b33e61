-- What the checks look at in every passage in use.
select
    passages_in_use.collection,
    passages_in_use.passage_id,
    passages_in_use.source_id,
    passages_in_use.chunk_no,
    passages_in_use.kind,
    passages_in_use.language_code,
    passages_in_use.title,
    passages_in_use.passage_text,
    passages_in_use.page_first,
    passages_in_use.page_last,
    sources.page_count,
    passages_in_use.licence,
    passages.released_at is not null as is_released
from knowledge.passages_in_use
inner join knowledge.passages
    on
        passages_in_use.passage_id = passages.passage_id
        and passages_in_use.collection = passages.collection
inner join knowledge.sources on passages_in_use.source_id = sources.source_id
order by passages_in_use.source_id asc, passages_in_use.chunk_no asc
