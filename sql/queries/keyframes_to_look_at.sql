-- Which keyframes are too unsure for the numbers taken at them, or shown elsewhere by their
-- event? More than two frames of doubt, or more than three errors apart; the worst first.
select
    team_id,
    session_day,
    athlete_id,
    clip_file,
    repetition_idx,
    keyframe,
    side,
    time_s,
    lowest_time_s,
    highest_time_s,
    half_width_frames,
    method,
    event_offset_s,
    event_offset_errors
from training.keyframe_trust
where half_width_frames > 2.0 or event_offset_errors > 3.0
order by
    half_width_frames desc,
    team_id asc,
    session_day asc,
    recording_id asc,
    repetition_idx asc,
    keyframe asc,
    side asc;
