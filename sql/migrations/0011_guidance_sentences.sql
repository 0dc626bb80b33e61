-- sqlfluff:exclude_rules:references.keywords,structure.column_order
-- What the verifier said of every sentence.

create table training.guidance_sentences (
    team_id text not null,
    session_day date not null,
    athlete_id text not null,
    report_id text not null,
    sentence_no bigint not null,
    section text not null,
    sentence text not null,
    facts jsonb not null,
    passages jsonb not null,
    is_kept boolean not null,
    passed_by text,
    failed_check text,
    reason text,
    support_ratio double precision,
    similarity double precision,
    code_version text not null,
    primary key (team_id, session_day, athlete_id, sentence_no)
);

alter table training.guidance_sentences enable row level security;
alter table training.guidance_sentences force row level security;
create policy pipeline_writes_all on training.guidance_sentences
to sportsgpt_pipeline using (true) with check (true);
create policy readers_see_granted_teams on training.guidance_sentences
for select to sportsgpt_analyst, sportsgpt_reader
using (team_id in (select access.granted_teams()));
grant select, insert, update, delete on training.guidance_sentences to sportsgpt_pipeline;
grant select on training.guidance_sentences to sportsgpt_analyst, sportsgpt_reader;
