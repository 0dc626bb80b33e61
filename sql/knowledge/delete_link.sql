-- The passage in place $2 of source $1 is a link no more.
delete from knowledge.passage_links
where source_id = $1::text and chunk_no = $2::integer
