-- Which indicators lie outside their target most often, and by how much? Only deviations
-- larger than the measurement's own standard error would explain are counted as clear.
select
    movement,
    indicator,
    indicator_name,
    unit,
    count(*) as repetition_count,
    cast(count(*) filter (where not is_inside_target) as double precision)
    / count(*) as outside_ratio,
    cast(
        count(*) filter (where value + error < target_low or value - error > target_high)
        as double precision
    ) / count(*) as clearly_outside_ratio
from training.metric_values
group by movement, indicator, indicator_name, unit
order by clearly_outside_ratio desc, outside_ratio desc, movement asc, indicator asc, unit asc;
