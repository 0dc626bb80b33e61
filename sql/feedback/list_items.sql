-- What may be answered to in the reports $1.
select
    team_id,
    session_day,
    athlete_id,
    report_id,
    item_kind,
    item_id,
    item_name
from feedback.report_items
where report_id = any($1::text[])
order by report_id asc, item_kind desc, item_id asc
