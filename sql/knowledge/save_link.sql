-- The passage in place $2 of source $1, pages $3 to $4, is passage $5 of another source
-- with similarity $6; $7 is the key of its own text, null where it is not known.
insert into knowledge.passage_links (
    source_id, chunk_no, page_first, page_last, kept_passage_id, similarity_ratio, text_key
)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (source_id, chunk_no) do update set
    page_first = excluded.page_first,
    page_last = excluded.page_last,
    kept_passage_id = excluded.kept_passage_id,
    similarity_ratio = excluded.similarity_ratio,
    text_key = excluded.text_key
