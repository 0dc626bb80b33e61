-- DuckDB only, since frame tables stay in the lake: what was repaired in each recording,
-- by rule and keypoint, and the least sure repair of each.
select
    repairs.team_id,
    repairs.session_day,
    repairs.recording_id,
    repairs.rule,
    repairs.keypoint,
    count(*) as repair_count,
    sum(repairs.last_frame_idx - repairs.first_frame_idx + 1) as frame_count,
    min(repairs.confidence_ratio) as lowest_confidence_ratio
from training.pose_repairs as repairs
group by
    repairs.team_id, repairs.session_day, repairs.recording_id, repairs.rule, repairs.keypoint
order by
    repairs.team_id, repairs.session_day, repairs.recording_id, repairs.rule, repairs.keypoint
