-- What should each athlete work on? The three likeliest reported issues of the latest
-- session, with the number that carries most of each.
with latest as (
    select
        team_id,
        athlete_id,
        max(session_day) as session_day
    from training.finding_evidence
    group by team_id, athlete_id
),

strongest as (
    select distinct on (evidence.team_id, evidence.athlete_id, evidence.issue) evidence.*
    from training.finding_evidence as evidence
    inner join latest
        on
            evidence.team_id = latest.team_id
            and evidence.athlete_id = latest.athlete_id
            and evidence.session_day = latest.session_day
    where evidence.is_reported
    order by
        evidence.team_id asc,
        evidence.athlete_id asc,
        evidence.issue asc,
        evidence.probability_ratio * evidence.severity_ratio desc,
        evidence.contribution_ratio desc,
        evidence.recording_id asc,
        evidence.repetition_idx asc,
        evidence.indicator asc
),

ranked as (
    select
        strongest.*,
        row_number() over (
            partition by strongest.team_id, strongest.athlete_id
            order by
                strongest.probability_ratio * strongest.severity_ratio desc,
                strongest.issue
        ) as place
    from strongest
)

select
    team_id,
    athlete_id,
    session_day,
    place,
    issue_name,
    probability_ratio,
    severity_ratio,
    indicator_name,
    value,
    error,
    unit,
    target_low,
    target_high,
    clip_file,
    keyframe_time_s
from ranked
where place <= 3
order by team_id, athlete_id, place;
