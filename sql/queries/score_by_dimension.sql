-- How does each technique dimension score, repetition by repetition? Unrolls the JSON
-- list of a score row.
select
    scores.team_id,
    scores.session_day,
    scores.athlete_id,
    scores.movement,
    scores.recording_id,
    scores.repetition_idx,
    (scores.dimensions -> cast(items.item_idx as integer)) ->> 'dimension' as dimension,
    cast(
        (scores.dimensions -> cast(items.item_idx as integer)) ->> 'score_points'
        as double precision
    ) as dimension_score_points
from training.technique_scores as scores
cross join
    generate_series(
        0, cast(json_array_length(cast(scores.dimensions as json)) as integer) - 1
    ) as items (item_idx)
order by
    scores.team_id,
    scores.session_day,
    scores.recording_id,
    scores.repetition_idx,
    items.item_idx;
