-- What was stopped on the latest training day of each team, why, and what to do?
with latest as (
    select
        team_id,
        max(session_day) as session_day
    from training.partition_completeness
    group by team_id
)

select
    verdicts.team_id,
    verdicts.session_day,
    verdicts.clip_file,
    verdicts.stage,
    verdicts.verdict,
    verdicts.reason,
    verdicts.fix
from training.open_verdicts as verdicts
inner join latest
    on
        verdicts.team_id = latest.team_id
        and verdicts.session_day = latest.session_day
where verdicts.verdict in ('QUARANTINE', 'REJECT')
order by verdicts.team_id, verdicts.clip_file, verdicts.subject_id, verdicts.stage;
