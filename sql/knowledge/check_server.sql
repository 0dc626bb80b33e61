-- Version of pgvector in this database, and whether the knowledge base is migrated.
select
    extversion,
    to_regclass('knowledge.embedding_models') is not null as is_migrated
from pg_extension
where extname = 'vector'
