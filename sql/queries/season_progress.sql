-- Which athletes changed most this season? Only indicators measured in at least two
-- comparable sessions; the sign is that of the number, not of better or worse.
select
    team_id,
    season,
    athlete_id,
    movement,
    indicator,
    unit,
    session_count,
    first_session_median,
    latest_session_median,
    median_change
from training.season_latest
where scope = 'athlete' and is_comparable and session_count >= 2
order by
    abs(median_change) desc nulls last,
    team_id asc,
    season asc,
    athlete_id asc,
    movement asc,
    indicator asc;
