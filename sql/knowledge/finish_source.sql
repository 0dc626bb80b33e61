-- Source $1 is saved: what stands for its passages, and nothing left to ingest.
update knowledge.sources
set
    passages_sha256 = knowledge.compute_passages_sha256($1::text),
    needs_ingest_reason = null
where source_id = $1::text
