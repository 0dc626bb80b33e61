-- One row per athlete × session × movement: recordings, repetitions, median score, share
-- of indicators that were measurable, reported findings. Reference recordings are left out.
-- column recording_count: Recordings of the athlete's movement, stopped ones included.
-- column usable_recording_count: Recordings whose clip and manifest entry let them go on; a later
--     stage may still have stopped them, see training.open_verdicts.
-- column repetition_count: Repetitions that were assessed; 0 = none.
-- column median_score_points: Median technique score; null = no repetition has one. Unit: points.
-- column mean_measured_ratio: Mean share of a repetition's indicators that were measurable; null =
--     no repetition.
-- column reported_issue_count: Different issues reported; 0 = none.
with scores as (
    select
        technique_scores.team_id,
        technique_scores.session_day,
        technique_scores.athlete_id,
        technique_scores.movement,
        count(*) as repetition_count,
        percentile_cont(0.5) within group (
            order by technique_scores.score_points
        ) as median_score_points,
        avg(technique_scores.measured_ratio) as mean_measured_ratio
    from training.technique_scores as technique_scores
    inner join training.recordings as recordings
        on
            technique_scores.team_id = recordings.team_id
            and technique_scores.session_day = recordings.session_day
            and technique_scores.recording_id = recordings.recording_id
            and recordings.role = 'athlete'
    group by
        technique_scores.team_id,
        technique_scores.session_day,
        technique_scores.athlete_id,
        technique_scores.movement
),

reported as (
    select
        findings.team_id,
        findings.session_day,
        findings.athlete_id,
        findings.movement,
        count(distinct findings.issue) as reported_issue_count
    from training.findings as findings
    where findings.is_reported
    group by findings.team_id, findings.session_day, findings.athlete_id, findings.movement
)

select
    recordings.team_id,
    recordings.session_day,
    recordings.athlete_id,
    recordings.movement,
    count(*) as recording_count,
    count(*) filter (
        where recordings.verdict in ('PASS', 'WARN')
    ) as usable_recording_count,
    coalesce(max(scores.repetition_count), 0) as repetition_count,
    max(scores.median_score_points) as median_score_points,
    max(scores.mean_measured_ratio) as mean_measured_ratio,
    coalesce(max(reported.reported_issue_count), 0) as reported_issue_count
from training.recordings as recordings
left join scores
    on
        recordings.team_id = scores.team_id
        and recordings.session_day = scores.session_day
        and recordings.athlete_id = scores.athlete_id
        and recordings.movement = scores.movement
left join reported
    on
        recordings.team_id = reported.team_id
        and recordings.session_day = reported.session_day
        and recordings.athlete_id = reported.athlete_id
        and recordings.movement = reported.movement
where recordings.role = 'athlete'
group by
    recordings.team_id, recordings.session_day, recordings.athlete_id, recordings.movement
