-- One row per training day × team: how many clips or recordings went all the way, how
-- many were stopped, and the published share. Worst verdict of all stages counts.
-- column subject_count: Recordings, and clips without one, that were handed in.
-- column passed_count: Subjects that every stage let through without a warning.
-- column warned_count: Subjects that went all the way, with a warning.
-- column quarantined_count: Subjects that a stage stopped until somebody has mended them.
-- column rejected_count: Subjects that a stage stopped for good.
-- column published_ratio: Share of the subjects that went all the way, warned ones included.
with subjects as (
    select
        verdicts.team_id,
        verdicts.session_day,
        verdicts.clip_file,
        verdicts.subject_id,
        max(
            case verdicts.verdict
                when 'REJECT' then 3
                when 'QUARANTINE' then 2
                when 'WARN' then 1
                else 0
            end
        ) as worst
    from training.quality_verdicts as verdicts
    group by
        verdicts.team_id, verdicts.session_day, verdicts.clip_file, verdicts.subject_id
)

select
    subjects.team_id,
    subjects.session_day,
    count(*) as subject_count,
    count(*) filter (where subjects.worst = 0) as passed_count,
    count(*) filter (where subjects.worst = 1) as warned_count,
    count(*) filter (where subjects.worst = 2) as quarantined_count,
    count(*) filter (where subjects.worst = 3) as rejected_count,
    cast(count(*) filter (where subjects.worst <= 1) as double precision)
    / count(*) as published_ratio
from subjects
group by subjects.team_id, subjects.session_day
