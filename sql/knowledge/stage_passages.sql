-- Where the passages of one source are copied to before they are compared.
create temporary table staged_passages (
    passage_id text not null,
    chunk_no integer not null,
    content_sha256 text not null,
    chunker_version text not null,
    kind text not null,
    title text not null,
    passage_text text not null,
    language_code text not null,
    movements text[] not null,
    issues text[] not null,
    payload jsonb not null,
    section_path text[] not null,
    page_first integer,
    page_last integer,
    char_start bigint,
    char_end bigint,
    token_count integer,
    search_words text,
    translated_words text,
    held_reasons text[] not null
) on commit drop
