-- One row per published recording × pose measure: how far the pose under its metrics can
-- be trusted, beside the scale that metres come from. value, limits: unit in unit.
select
    quality.team_id,
    quality.session_day,
    filmed.athlete_id,
    filmed.movement,
    filmed.clip_file,
    quality.recording_id,
    quality.measure,
    quality.measure_name,
    quality.value,
    quality.unit,
    quality.warn_limit,
    quality.verdict,
    quality.reason,
    quality.fix,
    filmed_by.scale_method,
    filmed_by.scale_error_ratio
from training.pose_quality as quality
inner join training.recordings as filmed
    on
        quality.team_id = filmed.team_id
        and quality.session_day = filmed.session_day
        and quality.recording_id = filmed.recording_id
left join training.camera_geometry as filmed_by
    on
        quality.team_id = filmed_by.team_id
        and quality.session_day = filmed_by.session_day
        and quality.recording_id = filmed_by.recording_id
