-- Take source $1 out of retrieval, for the reason $2; no manifest brings this file back.
update knowledge.sources
set
    withdrawn_reason = $2::text,
    withdrawn_by = 'command'
where source_id = $1::text
