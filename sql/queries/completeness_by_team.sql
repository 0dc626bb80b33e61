-- How much of each team's footage made it into reports, over all days?
select
    team_id,
    count(*) as day_count,
    min(session_day) as first_day,
    max(session_day) as latest_day,
    avg(published_ratio) as mean_published_ratio,
    min(published_ratio) as worst_published_ratio
from training.partition_completeness
group by team_id
order by team_id;
