-- DuckDB only, since frame tables stay in the lake: the left knee's flexion through every
-- repetition, from its first keyframe to its last. since_start_s is in seconds of the movement,
-- slow motion taken out.
with spans as (
    select
        team_id,
        session_day,
        recording_id,
        repetition_idx,
        min(time_s) as start_s,
        max(time_s) as end_s
    from training.keyframes
    group by team_id, session_day, recording_id, repetition_idx
)

select
    spans.team_id,
    spans.session_day,
    spans.recording_id,
    spans.repetition_idx,
    curve.frame_idx,
    (curve.time_s - spans.start_s)
    * recordings.frame_rate_hz
    / coalesce(recordings.capture_rate_hz, recordings.frame_rate_hz) as since_start_s,
    curve.value as left_knee_flexion_deg
from training.joint_kinematics as curve
inner join spans
    on
        curve.team_id = spans.team_id
        and curve.session_day = spans.session_day
        and curve.recording_id = spans.recording_id
        and curve.time_s between spans.start_s and spans.end_s
inner join training.recordings as recordings
    on
        curve.team_id = recordings.team_id
        and curve.session_day = recordings.session_day
        and curve.recording_id = recordings.recording_id
where curve.quantity = 'left_knee_flexion'
order by
    spans.team_id, spans.session_day, spans.recording_id, spans.repetition_idx, curve.frame_idx;
