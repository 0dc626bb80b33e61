-- sqlfluff:exclude_rules:references.keywords,structure.column_order
-- Issues over a whole session, and differences that are more than their error.

create table training.session_findings (
    team_id text not null,
    session_day date not null,
    athlete_id text not null,
    movement text not null,
    issue text not null,
    issue_name text not null,
    dimension text not null,
    recording_count bigint not null,
    repetition_count bigint not null,
    shown_count bigint not null,
    shown_low_ratio double precision not null,
    shown_high_ratio double precision not null,
    pattern text not null,
    probability_ratio double precision not null,
    severity_ratio double precision not null,
    rank bigint not null,
    is_reported boolean not null,
    left_count bigint not null,
    left_shown_count bigint not null,
    right_count bigint not null,
    right_shown_count bigint not null,
    side_pattern text,
    evidence jsonb not null,
    movement_sha256 text not null,
    code_version text not null,
    primary key (team_id, session_day, athlete_id, movement, issue)
);

alter table training.session_findings enable row level security;
alter table training.session_findings force row level security;
create policy pipeline_writes_all on training.session_findings
to sportsgpt_pipeline using (true) with check (true);
create policy readers_see_granted_teams on training.session_findings
for select to sportsgpt_analyst, sportsgpt_reader
using (team_id in (select access.granted_teams()));
grant select, insert, update, delete on training.session_findings to sportsgpt_pipeline;
grant select on training.session_findings to sportsgpt_analyst, sportsgpt_reader;

alter table training.season_reports
add column comparable_since_day date,
add column comparable_session_count bigint not null default 0,
add column baseline_median double precision,
add column change double precision,
add column minimal_detectable_change double precision,
add column change_verdict text,
add column team_median double precision,
add column team_detectable_difference double precision,
add column team_verdict text,
add column target_low double precision,
add column target_high double precision,
add column target_distance double precision,
add column target_verdict text;
alter table training.season_reports alter column comparable_session_count drop default;

alter table training.kismam_metrics
add column reference_mean double precision,
add column reference_spread double precision,
add column reference_count bigint,
add column reference_deviation double precision;
