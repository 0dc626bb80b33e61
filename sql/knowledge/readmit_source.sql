-- What a command took out of retrieval comes back: source $1.
update knowledge.sources
set
    withdrawn_reason = null,
    withdrawn_by = null,
    made_from = null
where
    source_id = $1::text
    and withdrawn_by = 'command'
