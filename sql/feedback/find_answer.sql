-- What $4 answered to item $2 $3 of report $1 at the moment $5.
select
    answer,
    reason
from training.coach_feedback
where
    report_id = $1
    and item_kind = $2
    and item_id = $3
    and given_by = $4
    and answered_at_utc::timestamptz = $5::timestamptz
