-- One source as the manifest states it; what it says replaces what was known. A source
-- that another collection has is left alone: no row is changed then. What a command
-- withdrew stays withdrawn until another file is admitted.
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
    withdrawn_reason,
    topics,
    sport,
    audience,
    movements,
    withdrawn_by
)
values (
    $1,
    $2,
    $3,
    $4,
    $5,
    $6,
    $7,
    $8,
    $9,
    $10,
    $11,
    $12,
    $13::text,
    $14,
    $15,
    $16,
    $17,
    case when $13::text is not null then 'manifest' end
)
on conflict (source_id) do update set
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
    withdrawn_reason = case
        when
            sources.withdrawn_by = 'command'
            and excluded.withdrawn_reason is null
            and sources.file_sha256 = excluded.file_sha256
            then sources.withdrawn_reason
        else excluded.withdrawn_reason
    end,
    withdrawn_by = case
        when
            sources.withdrawn_by = 'command'
            and excluded.withdrawn_reason is null
            and sources.file_sha256 = excluded.file_sha256
            then sources.withdrawn_by
        else excluded.withdrawn_by
    end,
    topics = excluded.topics,
    sport = excluded.sport,
    audience = excluded.audience,
    movements = excluded.movements
where sources.collection = excluded.collection
