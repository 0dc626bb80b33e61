-- What coaches answered to findings and exercises of team $1 and movement $2, null = of all;
-- exercises are of no movement.
select
    team_id,
    item_kind,
    item_id,
    item_name,
    movement_sha256,
    latest_day,
    agree_count,
    disagree_count,
    agree_ratio,
    agree_low_ratio,
    agree_high_ratio
from training.feedback_by_item
where
    ($1::text is null or team_id = $1)
    and ($2::text is null or movement = $2)
order by
    team_id asc, item_kind desc, disagree_count desc, item_id asc, latest_day desc,
    movement_sha256 asc
