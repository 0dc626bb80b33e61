-- What else is or was in the place of passage $1, and where else its text is or was.
select
    other.passage_id,
    other.source_id,
    other.chunk_no,
    other.is_current,
    other.chunker_version,
    other.text_key = shown.text_key as has_same_text
from knowledge.passages as shown
inner join knowledge.passages as other
    on
        shown.passage_id != other.passage_id
        and shown.collection = other.collection
        and (
            shown.text_key = other.text_key
            or (shown.source_id = other.source_id and shown.chunk_no = other.chunk_no)
        )
where shown.passage_id = $1::text
order by other.is_current desc, other.source_id asc, other.chunk_no asc, other.passage_id asc
