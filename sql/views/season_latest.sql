-- One row per season × athlete or team × movement × indicator: the trend as of the latest
-- session. Change is given only where first and latest session may be compared.
-- column median_change: Median of the latest session minus that of the first; null = not
--     comparable, or none measured. Unit: see unit.
select distinct on (
    seasons.team_id,
    seasons.season,
    seasons.scope,
    seasons.athlete_id,
    seasons.movement,
    seasons.indicator
)
    seasons.team_id,
    seasons.season,
    seasons.scope,
    seasons.athlete_id,
    seasons.movement,
    seasons.indicator,
    seasons.session_day,
    seasons.unit,
    seasons.session_count,
    seasons.repetition_count,
    seasons.median,
    seasons.first_session_median,
    seasons.latest_session_median,
    case
        when seasons.is_comparable
            then seasons.latest_session_median - seasons.first_session_median
    end as median_change,
    seasons.is_comparable,
    seasons.comparability_note,
    seasons.comparable_since_day,
    seasons.comparable_session_count,
    seasons.baseline_median,
    seasons.change,
    seasons.minimal_detectable_change,
    seasons.change_verdict,
    seasons.team_median,
    seasons.team_detectable_difference,
    seasons.team_verdict,
    seasons.target_low,
    seasons.target_high,
    seasons.target_distance,
    seasons.target_verdict
from training.season_reports as seasons
order by
    seasons.team_id asc,
    seasons.season asc,
    seasons.scope asc,
    seasons.athlete_id asc,
    seasons.movement asc,
    seasons.indicator asc,
    seasons.session_day desc
