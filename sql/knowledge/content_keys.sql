-- What the version of the knowledge base is computed from.
select
    source_id,
    chunk_no,
    content_sha256,
    chunker_version
from knowledge.passages_in_use
order by source_id asc, chunk_no asc, passage_id asc
