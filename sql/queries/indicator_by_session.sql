-- How does an indicator move from session to session? Median of the fully valid values,
-- split wherever camera view, pose model or movement definition differ, because numbers
-- across such a change must not be compared.
select
    team_id,
    athlete_id,
    movement,
    indicator,
    camera_view,
    pose_model,
    movement_sha256,
    session_day,
    unit,
    count(*) as repetition_count,
    percentile_cont(0.5) within group (order by value) as median_value
from training.metric_values
where validity = 'valid'
group by
    team_id,
    athlete_id,
    movement,
    indicator,
    camera_view,
    pose_model,
    movement_sha256,
    session_day,
    unit
order by
    team_id, athlete_id, movement, indicator, camera_view, pose_model, session_day, unit;
