-- Passages of source $1 changed: what stands for them is computed again.
update knowledge.sources
set passages_sha256 = knowledge.compute_passages_sha256($1::text)
where source_id = $1::text
