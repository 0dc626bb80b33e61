-- One row per recording × pose measure: how far the pose can be trusted, beside the scale that
-- metres come from. Stopped recordings are shown too, with the measures that were taken of them
-- before they were stopped: verdict, reason and fix are those of the measure.
-- column scale_method: Where metres come from; null = stopped before that was asked. One of:
--     calibration_object, known_distance, athlete_height, none.
-- column scale_reason: Why nothing is given in metres, or what limits the scale; null = neither,
--     or stopped before.
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
    quality.stop_limit,
    quality.verdict,
    quality.reason_code,
    quality.reason,
    quality.fix,
    filmed_by.scale_method,
    filmed_by.scale_m_per_px,
    filmed_by.scale_error_ratio,
    filmed_by.scale_reason
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
