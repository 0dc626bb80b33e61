-- Reports that cite source $1, and which passages; of teams that the asker may see.
select
    team_id,
    session_day,
    athlete_id,
    report_id,
    passage_ids
from knowledge.reports_citing($1::text)
order by session_day asc, team_id asc, athlete_id asc
