-- How far is the athlete from the target model, instant by instant? The rows behind the page's
-- alignment pictures. DuckDB only: alignment_paths is a table of the lake.
select
    team_id,
    session_day,
    recording_id,
    repetition_idx,
    quantity,
    time_s,
    value,
    reference_value,
    value - reference_value as difference,
    unit,
    reference_id,
    reference_time_s
from training.alignment_paths
where value is not null and reference_value is not null
order by team_id, session_day, recording_id, repetition_idx, quantity, point_idx;
