-- One row per keyframe of a published recording: when it happened, between which times it lies
-- with 95 % probability, and how it was found. Times are in seconds of the clip, as played.
-- column lowest_time_s: Lower end of the 95 % interval of time_s. Unit: s.
-- column highest_time_s: Upper end of the 95 % interval of time_s. Unit: s.
-- column half_width_frames: Half of the 95 % interval, in frames of the clip.
-- column event_offset_errors: Distance between event and alignment over its standard uncertainty;
--     above 3 they do not show the same instant; null = only one of them exists.
select
    keyframes.team_id,
    keyframes.session_day,
    keyframes.athlete_id,
    keyframes.movement,
    recordings.clip_file,
    keyframes.recording_id,
    keyframes.repetition_idx,
    keyframes.keyframe,
    keyframes.side,
    keyframes.time_s,
    keyframes.time_error_s,
    keyframes.time_s - 1.96 * keyframes.time_error_s as lowest_time_s,
    keyframes.time_s + 1.96 * keyframes.time_error_s as highest_time_s,
    1.96 * keyframes.time_error_s * recordings.frame_rate_hz as half_width_frames,
    keyframes.method,
    keyframes.event_offset_s,
    abs(keyframes.event_offset_s) / nullif(keyframes.event_offset_error_s, 0)
        as event_offset_errors,
    keyframes.alignment_cost,
    keyframes.reference_id,
    keyframes.reference_version,
    keyframes.vote_count,
    keyframes.is_mirrored,
    keyframes.speed_ratio
from training.keyframes as keyframes
inner join training.recordings as recordings
    on
        keyframes.team_id = recordings.team_id
        and keyframes.session_day = recordings.session_day
        and keyframes.recording_id = recordings.recording_id
