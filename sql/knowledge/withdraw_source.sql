-- Take source $1 out of retrieval, for the reason $2.
update knowledge.sources
set withdrawn_reason = $2::text
where source_id = $1::text
