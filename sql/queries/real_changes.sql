-- What changed by more than its error? Latest session against the first one that was filmed
-- and measured alike; beside it the target and the other athletes of the team.
select
    team_id,
    athlete_id,
    movement,
    indicator,
    unit,
    comparable_since_day,
    comparable_session_count,
    baseline_median,
    baseline_median + change as latest_median,
    change,
    minimal_detectable_change,
    target_verdict,
    team_median,
    team_verdict
from training.season_latest
where scope = 'athlete' and change_verdict = 'beyond_error'
order by
    abs(change) / minimal_detectable_change desc,
    team_id asc,
    season asc,
    athlete_id asc,
    movement asc,
    indicator asc;
