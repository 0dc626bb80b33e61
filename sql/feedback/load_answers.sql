-- Every answer that was ever given to reports of team $1 and day $2, null = of all.
select
    team_id,
    session_day,
    athlete_id,
    report_id,
    item_kind,
    item_id,
    item_name,
    movement,
    issue,
    given_by,
    answered_at_utc,
    answer,
    reason,
    recorded_by,
    recorded_at_utc
from training.coach_feedback
where
    ($1::text is null or team_id = $1)
    and ($2::date is null or session_day = $2)
