-- Where did a trend break, and why? Lines whose first and latest session must not be
-- compared, with how many sessions are filmed and measured like the latest one.
select
    team_id,
    athlete_id,
    movement,
    indicator,
    comparability_note,
    session_count,
    comparable_session_count,
    comparable_since_day,
    change,
    change_verdict
from training.season_latest
where scope = 'athlete' and not is_comparable
order by
    team_id asc,
    season asc,
    athlete_id asc,
    movement asc,
    indicator asc;
