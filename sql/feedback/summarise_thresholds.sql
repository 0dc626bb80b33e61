-- Thresholds that coaches ask about, of team $1 and movement $2, null = of all.
select
    team_id,
    movement || '/' || issue as item_id,
    movement_sha256,
    threshold,
    indicator,
    unit,
    current_value,
    asking_count,
    unmoved_count,
    move_to_drop,
    value_to_drop,
    agreed_lost_count
from training.feedback_on_thresholds
where
    asking_count > 0
    and ($1::text is null or team_id = $1)
    and ($2::text is null or movement = $2)
order by
    team_id asc, movement asc, issue asc, movement_sha256 asc, threshold asc, indicator asc,
    current_value asc
