-- DuckDB only, since frame tables stay in the lake: where the hip was in metres, and how well
-- that is known. Of x_m only differences count, since it starts at the picture's edge; their
-- error is the difference times scale_error_ratio.
select
    poses.team_id,
    poses.session_day,
    poses.recording_id,
    poses.frame_idx,
    poses.time_s,
    poses.x_m,
    poses.y_m,
    sqrt(
        power(poses.y_m * camera.scale_error_ratio, 2)
        + power(camera.floor_error_px * camera.scale_m_per_px, 2)
    ) as y_error_m,
    camera.scale_error_ratio,
    camera.scale_method,
    camera.scale_reason
from training.athlete_poses as poses
inner join training.camera_geometry as camera
    on
        poses.team_id = camera.team_id
        and poses.session_day = camera.session_day
        and poses.recording_id = camera.recording_id
where poses.keypoint = 'hip'
order by poses.team_id, poses.session_day, poses.recording_id, poses.frame_idx
