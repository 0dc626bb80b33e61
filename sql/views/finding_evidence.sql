-- One row per finding × indicator it rests on: how likely, how large, how much the
-- indicator contributes, what was measured, and the moment in the clip that shows it.
-- column item_idx: Place of the indicator in the finding's evidence, from 0.
-- column contribution_ratio: Share of the finding that rests on the indicator; the shares of a
--     finding sum to 1.
select
    findings.team_id,
    findings.session_day,
    findings.athlete_id,
    findings.movement,
    findings.recording_id,
    recordings.clip_file,
    findings.repetition_idx,
    findings.rank,
    findings.issue,
    findings.issue_name,
    findings.dimension,
    findings.probability_ratio,
    findings.severity_ratio,
    findings.is_reported,
    items.item_idx,
    metrics.indicator,
    metrics.indicator_name,
    cast(
        (findings.evidence -> cast(items.item_idx as integer)) ->> 'contribution_ratio'
        as double precision
    ) as contribution_ratio,
    metrics.value,
    metrics.error,
    metrics.unit,
    metrics.target_low,
    metrics.target_high,
    metrics.deviation,
    metrics.keyframe_time_s
from training.findings as findings
inner join training.recordings as recordings
    on
        findings.team_id = recordings.team_id
        and findings.session_day = recordings.session_day
        and findings.recording_id = recordings.recording_id
cross join
    generate_series(
        0, cast(json_array_length(cast(findings.evidence as json)) as integer) - 1
    ) as items (item_idx)
inner join training.kismam_metrics as metrics
    on
        findings.team_id = metrics.team_id
        and findings.session_day = metrics.session_day
        and findings.recording_id = metrics.recording_id
        and findings.repetition_idx = metrics.repetition_idx
        and (
            (findings.evidence -> cast(items.item_idx as integer)) ->> 'indicator'
            = metrics.indicator
        )
