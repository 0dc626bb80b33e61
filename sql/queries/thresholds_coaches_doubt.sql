-- Which thresholds do coaches doubt? Of each issue that somebody disagrees with, where a
-- threshold would have to lie, moved alone, so that those findings would not have been reported,
-- and how many findings that coaches agree with it would cost. First what costs nothing.
select
    team_id,
    movement,
    issue,
    agree_count,
    disagree_count,
    agree_low_ratio,
    agree_high_ratio,
    threshold,
    indicator,
    current_value,
    value_to_drop,
    unit,
    asking_count,
    unmoved_count,
    agreed_lost_count
from training.feedback_on_thresholds
where asking_count > 0 and move_to_drop is not null
order by
    unmoved_count asc, agreed_lost_count asc, disagree_count desc, team_id asc, movement asc,
    movement_sha256 asc, issue asc, threshold asc, indicator asc, current_value asc;
