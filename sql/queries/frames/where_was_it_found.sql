-- Where in the film does something like the movement end, and what was taken for it? Every low
-- place of the search curve, with the limit below which it counts; the rows behind the page's cost
-- curve. DuckDB only: alignment_costs is a table of the lake.
with beside as (
    select
        searched.*,
        lag(searched.cost) over one_search as cost_before,
        lead(searched.cost) over one_search as cost_after
    from training.alignment_costs as searched
    window
        one_search as (
            partition by
                searched.team_id, searched.session_day, searched.recording_id, searched.side
            order by searched.sample_idx
        )
)

select
    team_id,
    session_day,
    recording_id,
    side,
    time_s,
    cost,
    highest_cost,
    repetition_idx
from beside
where
    cost is not null
    and (cost_before is null or cost <= cost_before)
    and (cost_after is null or cost < cost_after)
order by team_id, session_day, recording_id, side, time_s;
