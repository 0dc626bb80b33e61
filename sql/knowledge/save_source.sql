-- One source as the manifest states it; what it says replaces what was known.
insert into knowledge.sources (
    source_id,
    collection,
    title,
    authors,
    publication_year,
    edition,
    licence,
    rights_owner,
    trust_level,
    language_code,
    file_sha256,
    admitted_by,
    withdrawn_reason
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (source_id) do update set
    collection = excluded.collection,
    title = excluded.title,
    authors = excluded.authors,
    publication_year = excluded.publication_year,
    edition = excluded.edition,
    licence = excluded.licence,
    rights_owner = excluded.rights_owner,
    trust_level = excluded.trust_level,
    language_code = excluded.language_code,
    file_sha256 = excluded.file_sha256,
    admitted_by = excluded.admitted_by,
    withdrawn_reason = excluded.withdrawn_reason
