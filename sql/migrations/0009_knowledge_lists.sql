-- sqlfluff:exclude_rules:references.keywords,structure.column_order
-- Beside passages: what could not be ingested, how common words are, and which past
-- reports cite a source.

create table knowledge.quarantine (
    collection text not null,
    file_name text not null,
    place text not null,
    finding text not null,
    fix text not null,
    owner text,
    first_seen timestamptz not null default now(),
    last_seen timestamptz not null default now(),
    resolved_at timestamptz,
    primary key (collection, file_name, place, finding)
);

comment on table knowledge.quarantine is
'One row per thing that could not be ingested, and how to correct it.';

-- So that a search ranks only passages with the rare words of a question.
create table knowledge.word_counts (
    word text primary key,
    passage_count bigint not null check (passage_count > 0)
);

comment on table knowledge.word_counts is
'Estimated count of passages with a word, of common words only; a word not here is rare.';

create index guidance_reports_sources
on training.guidance_reports using gin ((report -> 'sources') jsonb_path_ops);

create function knowledge.reports_citing(wanted text)
returns table (
    team_id text, session_day date, athlete_id text, report_id text, passage_ids text[]
)
language sql stable
set search_path = ''
as $$
    select
        guidance_reports.team_id,
        guidance_reports.session_day,
        guidance_reports.athlete_id,
        guidance_reports.report_id,
        array(
            select entry ->> 'passage'
            from jsonb_array_elements(guidance_reports.report -> 'sources') as entry
            where entry ->> 'source_id' = wanted
        )
    from training.guidance_reports
    where
        guidance_reports.report -> 'sources'
        @> jsonb_build_array(jsonb_build_object('source_id', wanted))
$$;

comment on function knowledge.reports_citing(text) is
'Reports that cite a source, with the passages; only of teams that the asker may see.';

grant select, insert, update, delete
on knowledge.quarantine, knowledge.word_counts
to sportsgpt_pipeline;
grant select on knowledge.quarantine, knowledge.word_counts to sportsgpt_analyst;

revoke all on function knowledge.reports_citing(text) from public;
grant execute on function knowledge.reports_citing(text)
to sportsgpt_pipeline, sportsgpt_analyst, sportsgpt_reader;
