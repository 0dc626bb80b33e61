-- How does an indicator move from session to session? Median of the fully valid values,
-- split wherever camera view, rate of the movement, pose network or movement definition
-- differ, because numbers across such a change must not be compared.
select
    team_id,
    athlete_id,
    movement,
    indicator,
    camera_view,
    cast(round(motion_rate_hz) as integer) as whole_motion_rate_hz,
    pose_model,
    pose_weights_sha256,
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
    cast(round(motion_rate_hz) as integer),
    pose_model,
    pose_weights_sha256,
    movement_sha256,
    session_day,
    unit
order by
    team_id asc,
    athlete_id asc,
    movement asc,
    indicator asc,
    camera_view asc,
    whole_motion_rate_hz asc,
    pose_model asc,
    pose_weights_sha256 asc,
    movement_sha256 asc,
    session_day asc,
    unit asc;
