-- Forget the links of source $1.
delete from knowledge.passage_links
where source_id = $1::text
