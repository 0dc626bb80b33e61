-- One row per repetition × indicator with a measured value: value, standard error,
-- target range, whether it lies inside, and how it was filmed.
-- column is_inside_target: Whether value lies inside the target range, its ends included.
-- column motion_rate_hz: Pictures per second of the movement: the camera's capture rate where it
--     is stated, as for slow motion, else the clip's frame rate. Compare values of one rate. Unit:
--     Hz.
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
    coalesce(recordings.capture_rate_hz, recordings.frame_rate_hz) as motion_rate_hz,
    metrics.pose_model,
    metrics.pose_weights_sha256,
    metrics.movement_sha256
from training.kismam_metrics as metrics
inner join training.recordings as recordings
    on
        metrics.team_id = recordings.team_id
        and metrics.session_day = recordings.session_day
        and metrics.recording_id = recordings.recording_id
where metrics.value is not null and metrics.validity in ('valid', 'limited')
