-- Staged passages that collection $1 never had.
select count(*) as new_count
from staged_passages
where not exists (
    select 1
    from knowledge.passages
    where
        passages.passage_id = staged_passages.passage_id
        and passages.collection = $1::text
)
