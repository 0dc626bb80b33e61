-- One row per repetition × indicator with a measured value: value, standard error,
-- target range, whether it lies inside, and how it was filmed.
select
    metrics.team_id,
    metrics.session_day,
    metrics.athlete_id,
    metrics.movement,
    metrics.recording_id,
    recordings.clip_file,
    metrics.repetition_idx,
    metrics.indicator,
    metrics.indicator_name,
    metrics.value,
    metrics.error,
    metrics.unit,
    metrics.target_low,
    metrics.target_high,
    metrics.deviation,
    (
        (metrics.target_low is null or metrics.value >= metrics.target_low)
        and (metrics.target_high is null or metrics.value <= metrics.target_high)
    ) as is_inside_target,
    metrics.validity,
    metrics.reason,
    metrics.keyframe_time_s,
    recordings.camera_view,
    recordings.frame_rate_hz,
    metrics.pose_model,
    metrics.movement_sha256
from training.kismam_metrics as metrics
inner join training.recordings as recordings
    on
        metrics.team_id = recordings.team_id
        and metrics.session_day = recordings.session_day
        and metrics.recording_id = recordings.recording_id
where metrics.value is not null and metrics.validity in ('valid', 'limited')
