-- DuckDB only, since frame tables stay in the lake: the left knee as the network saw it, beside
-- what was made of it. Raw columns are null where there is no such point; after an exchange of
-- left and right the repaired point comes from the raw one of the other side.
select
    repaired.team_id,
    repaired.session_day,
    repaired.recording_id,
    repaired.frame_idx,
    repaired.time_s,
    repaired.keypoint,
    repaired.repair,
    seen.x_px as raw_x_px,
    seen.y_px as raw_y_px,
    seen.confidence_ratio as raw_confidence_ratio,
    repaired.x_px as repaired_x_px,
    repaired.y_px as repaired_y_px,
    sqrt(power(repaired.x_px - seen.x_px, 2) + power(repaired.y_px - seen.y_px, 2)) as moved_px
from training.athlete_poses as repaired
left join training.pose_tracks as seen
    on
        repaired.team_id = seen.team_id
        and repaired.session_day = seen.session_day
        and repaired.clip_sha256 = seen.clip_sha256
        and repaired.frame_idx = seen.frame_idx
        and repaired.person_idx = seen.person_idx
        and repaired.keypoint = seen.keypoint
where repaired.keypoint = 'left_knee'
order by repaired.team_id, repaired.session_day, repaired.recording_id, repaired.frame_idx
