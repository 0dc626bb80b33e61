-- sqlfluff:exclude_rules:references.keywords,structure.column_order
-- What coaches answer to findings and exercises, and how far each threshold is from the
-- findings. Answers are only ever added: the latest one counts, the earlier ones stay.

create table training.finding_margins (
    team_id text not null,
    session_day date not null,
    athlete_id text not null,
    movement text not null,
    issue text not null,
    threshold text not null,
    indicator text not null,
    unit text not null,
    current_value double precision not null,
    needed_value double precision,
    needed_move double precision,
    movement_sha256 text not null,
    code_version text not null,
    primary key (
        team_id, session_day, athlete_id, movement, issue, threshold, indicator
    )
);

alter table training.finding_margins enable row level security;
alter table training.finding_margins force row level security;
create policy pipeline_writes_all on training.finding_margins
to sportsgpt_pipeline using (true) with check (true);
create policy readers_see_granted_teams on training.finding_margins
for select to sportsgpt_analyst, sportsgpt_reader
using (team_id in (select access.granted_teams()));
grant select, insert, update, delete on training.finding_margins to sportsgpt_pipeline;
grant select on training.finding_margins to sportsgpt_analyst, sportsgpt_reader;

create schema feedback;

comment on schema feedback is 'What may be answered to, also of reports written anew.';

-- A report that is written anew has a new id, and the sheet in a coach's hand the old one.
create table feedback.report_items (
    team_id text not null,
    report_id text not null,
    item_kind text not null check (item_kind in ('finding', 'exercise')),
    item_id text not null,
    session_day date not null,
    athlete_id text not null,
    item_name text not null,
    movement text,
    issue text,
    primary key (team_id, report_id, item_kind, item_id),
    check ((item_kind = 'finding') = (movement is not null and issue is not null))
);

comment on table feedback.report_items is
'One row per finding or exercise of every report that was ever published.';

alter table feedback.report_items enable row level security;
alter table feedback.report_items force row level security;
create policy pipeline_sees_all on feedback.report_items
for select to sportsgpt_pipeline using (true);
create policy pipeline_adds on feedback.report_items
for insert to sportsgpt_pipeline with check (true);
create policy readers_see_granted_teams on feedback.report_items
for select to sportsgpt_analyst, sportsgpt_reader
using (team_id in (select access.granted_teams()));
grant usage on schema feedback
to sportsgpt_pipeline, sportsgpt_analyst, sportsgpt_reader, sportsgpt_coach;
grant select, insert on feedback.report_items to sportsgpt_pipeline;
grant select on feedback.report_items to sportsgpt_analyst, sportsgpt_reader;

create function feedback.list_items(report jsonb)
returns table (item_kind text, item_id text, item_name text, movement text, issue text)
language sql immutable
set search_path = ''
as $$
    select
        'finding',
        (section ->> 'movement') || '/' || (section ->> 'issue'),
        coalesce(section ->> 'issue_name', section ->> 'issue'),
        section ->> 'movement',
        section ->> 'issue'
    from jsonb_path_query(report, '$.findings[*]') as section
    where section ->> 'movement' is not null and section ->> 'issue' is not null
    union
    select
        'exercise',
        exercise ->> 'passage',
        min(coalesce(exercise ->> 'exercise', exercise ->> 'passage')),
        null,
        null
    from jsonb_path_query(report, '$.plan[*]') as exercise
    where exercise ->> 'passage' is not null
    group by exercise ->> 'passage'
$$;

comment on function feedback.list_items(jsonb) is 'Findings and exercises of a report.';

create function feedback.remember_items() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    insert into feedback.report_items (
        team_id, report_id, item_kind, item_id, session_day, athlete_id, item_name,
        movement, issue
    )
    select
        new.team_id, new.report_id, items.item_kind, items.item_id, new.session_day,
        new.athlete_id, items.item_name, items.movement, items.issue
    from feedback.list_items(new.report) as items
    on conflict do nothing;
    return null;
end
$$;

create trigger remember_items after insert on training.guidance_reports
for each row execute function feedback.remember_items();

insert into feedback.report_items (
    team_id, report_id, item_kind, item_id, session_day, athlete_id, item_name, movement,
    issue
)
select
    reports.team_id,
    reports.report_id,
    items.item_kind,
    items.item_id,
    reports.session_day,
    reports.athlete_id,
    items.item_name,
    items.movement,
    items.issue
from training.guidance_reports as reports
cross join lateral feedback.list_items(reports.report) as items
on conflict do nothing;

create table training.coach_feedback (
    team_id text not null,
    session_day date not null,
    athlete_id text not null,
    report_id text not null,
    item_kind text not null,
    item_id text not null,
    item_name text not null,
    movement text,
    issue text,
    given_by text not null default session_user
    check (given_by ~ '^[a-z0-9][a-z0-9_-]{1,31}$'),
    answered_at_utc text not null default clock_timestamp(),
    answer text not null check (answer in ('agree', 'disagree', 'no_opinion')),
    reason text,
    recorded_by text not null default session_user,
    recorded_at_utc text not null default clock_timestamp(),
    primary key (
        team_id, session_day, athlete_id, item_kind, item_id, given_by, answered_at_utc,
        report_id
    ),
    foreign key (team_id, report_id, item_kind, item_id) references feedback.report_items,
    check (
        reason is null
        or answer = 'disagree' and (
            item_kind = 'finding' and reason in (
                'not_seen', 'target_too_strict', 'measured_wrong', 'done_on_purpose',
                'not_a_priority'
            )
            or item_kind = 'exercise' and reason in (
                'too_hard', 'too_easy', 'wrong_dose', 'no_equipment', 'no_time',
                'other_exercise_better'
            )
        )
    )
);

-- Whoever writes names a report and what of it; the rest is looked up, so that nobody can
-- say it wrong. Readers find items of their own teams only.
create function feedback.complete_answer() returns trigger
language plpgsql
set search_path = ''
as $$
declare
    item feedback.report_items;
begin
    select * into item from feedback.report_items
    where
        report_items.report_id = new.report_id
        and report_items.item_kind = new.item_kind
        and report_items.item_id = new.item_id;
    if not found then
        raise exception 'report % has no % %, or it is of a team you may not see',
            new.report_id, new.item_kind, new.item_id
            using errcode = 'foreign_key_violation';
    end if;
    new.team_id := item.team_id;
    new.session_day := item.session_day;
    new.athlete_id := item.athlete_id;
    new.item_name := item.item_name;
    new.movement := item.movement;
    new.issue := item.issue;
    if new.answered_at_utc::timestamptz > clock_timestamp() + interval '1 day' then
        raise exception 'answered at %, which is in the future', new.answered_at_utc
            using errcode = 'check_violation';
    end if;
    new.answered_at_utc := to_char(
        new.answered_at_utc::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
    );
    new.recorded_by := session_user;
    new.recorded_at_utc := to_char(
        clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
    );
    return new;
end
$$;

create trigger complete_answer before insert on training.coach_feedback
for each row execute function feedback.complete_answer();

create function feedback.refuse_change() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    raise exception 'answers are never changed: a later answer counts instead'
        using errcode = 'insufficient_privilege';
end
$$;

create trigger refuse_change before update on training.coach_feedback
for each row execute function feedback.refuse_change();

alter table training.coach_feedback enable row level security;
alter table training.coach_feedback force row level security;
create policy pipeline_sees_all on training.coach_feedback
for select to sportsgpt_pipeline using (true);
create policy pipeline_adds on training.coach_feedback
for insert to sportsgpt_pipeline with check (true);
create policy readers_see_granted_teams on training.coach_feedback
for select to sportsgpt_analyst, sportsgpt_reader
using (team_id in (select access.granted_teams()));
create policy coaches_answer_for_themselves on training.coach_feedback
for insert to sportsgpt_coach
with check (
    team_id in (select access.granted_teams()) and given_by = session_user
);

grant select on training.coach_feedback
to sportsgpt_pipeline, sportsgpt_analyst, sportsgpt_reader;
grant insert (report_id, item_kind, item_id, given_by, answered_at_utc, answer, reason)
on training.coach_feedback to sportsgpt_pipeline;
grant insert (report_id, item_kind, item_id, answer, reason)
on training.coach_feedback to sportsgpt_coach;
grant usage on schema training, access to sportsgpt_coach;
grant execute on function access.granted_teams() to sportsgpt_coach;

-- An athlete's right to be forgotten is the owner's to fulfil; no other login deletes.
do $$
begin
    execute format(
        'create policy owner_erases on training.coach_feedback for delete to %I using (true)',
        current_user
    );
    execute format(
        'create policy owner_erases on feedback.report_items for delete to %I using (true)',
        current_user
    );
end
$$;

revoke all on all functions in schema feedback from public;
grant execute on function feedback.list_items(jsonb) to sportsgpt_pipeline;
