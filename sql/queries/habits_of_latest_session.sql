-- Which issues are habits, and which were slips? Each athlete's latest session of a movement;
-- issues that too few repetitions could judge come after those that are sure.
with latest as (
    select
        team_id,
        athlete_id,
        movement,
        max(session_day) as session_day
    from training.session_findings
    group by team_id, athlete_id, movement
)

select
    sessions.team_id,
    sessions.athlete_id,
    sessions.session_day,
    sessions.movement,
    sessions.issue_name,
    sessions.pattern,
    sessions.shown_count,
    sessions.repetition_count,
    sessions.shown_low_ratio,
    sessions.shown_high_ratio,
    sessions.side_pattern,
    sessions.probability_ratio,
    sessions.severity_ratio
from training.session_findings as sessions
inner join latest
    on
        sessions.team_id = latest.team_id
        and sessions.athlete_id = latest.athlete_id
        and sessions.movement = latest.movement
        and sessions.session_day = latest.session_day
where sessions.shown_count > 0
order by
    sessions.team_id asc,
    sessions.athlete_id asc,
    sessions.movement asc,
    case sessions.pattern when 'habit' then 1 when 'slip' then 2 else 3 end asc,
    sessions.rank asc,
    sessions.issue asc;
