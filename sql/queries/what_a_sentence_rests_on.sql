-- What does each sentence of the latest reports rest on? From the words to the measured
-- row and the moment in the clip that shows it.
with latest as (
    select
        team_id,
        athlete_id,
        max(session_day) as session_day
    from training.guidance_reports
    group by team_id, athlete_id
)

select
    evidence.team_id,
    evidence.athlete_id,
    evidence.session_day,
    evidence.sentence_no,
    evidence.sentence,
    evidence.fact_label,
    evidence.fact_value,
    evidence.value as measured_value,
    evidence.error as measured_error,
    evidence.fact_unit,
    evidence.clip_file,
    evidence.repetition_idx,
    evidence.keyframe_time_s
from training.sentence_evidence as evidence
inner join latest
    on
        evidence.team_id = latest.team_id
        and evidence.athlete_id = latest.athlete_id
        and evidence.session_day = latest.session_day
order by
    evidence.team_id, evidence.athlete_id, evidence.sentence_no, evidence.fact_no;
