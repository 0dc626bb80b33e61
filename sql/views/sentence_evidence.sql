-- One row per sentence of a guidance report × fact that it cites: the fact's number as the
-- report has it, the measured row that it was copied from, and the moment in the clip.
-- column fact_no: Place of the fact among those that the sentence cites, from 0.
-- column fact_id: Id of the fact in the report.
-- column fact_kind: metric = a row of kismam_metrics; count, score and median put several
--     repetitions together, so they have no row of their own and no clip.
-- column fact_label: What the fact is called in the report.
-- column fact_value: The fact's number in the report; null = not measurable.
-- column fact_unit: Unit of the fact's number.
-- column value: The measured row's value, which fact_value is a copy of; null = no metric.
select
    sentences.team_id,
    sentences.session_day,
    sentences.athlete_id,
    sentences.report_id,
    sentences.sentence_no,
    sentences.section,
    sentences.sentence,
    items.fact_no,
    sentences.facts ->> cast(items.fact_no as integer) as fact_id,
    (reports.report -> 'facts' -> cast(places.place as integer)) ->> 'kind' as fact_kind,
    (reports.report -> 'facts' -> cast(places.place as integer)) ->> 'label' as fact_label,
    cast(
        (reports.report -> 'facts' -> cast(places.place as integer)) ->> 'value'
        as double precision
    ) as fact_value,
    (reports.report -> 'facts' -> cast(places.place as integer)) ->> 'unit' as fact_unit,
    metrics.movement,
    metrics.indicator,
    metrics.repetition_idx,
    metrics.value,
    metrics.error,
    metrics.keyframe_time_s,
    metrics.recording_id,
    recordings.clip_file
from training.guidance_sentences as sentences
inner join training.guidance_reports as reports
    on
        sentences.team_id = reports.team_id
        and sentences.session_day = reports.session_day
        and sentences.athlete_id = reports.athlete_id
        and sentences.report_id = reports.report_id
cross join
    generate_series(
        0, cast(json_array_length(cast(sentences.facts as json)) as integer) - 1
    ) as items (fact_no)
cross join
    generate_series(
        0, cast(json_array_length(cast(reports.report -> 'facts' as json)) as integer) - 1
    ) as places (place)
left join training.kismam_metrics as metrics
    on
        sentences.team_id = metrics.team_id
        and sentences.session_day = metrics.session_day
        and (
            (reports.report -> 'facts' -> cast(places.place as integer)) ->> 'kind'
            = 'metric'
        )
        and (
            (reports.report -> 'facts' -> cast(places.place as integer)) ->> 'recording_id'
            = metrics.recording_id
        )
        and (
            (reports.report -> 'facts' -> cast(places.place as integer)) ->> 'indicator'
            = metrics.indicator
        )
        and (
            cast(
                (reports.report -> 'facts' -> cast(places.place as integer))
                ->> 'repetition_no' as integer
            )
            = metrics.repetition_idx + 1
        )
left join training.recordings as recordings
    on
        metrics.team_id = recordings.team_id
        and metrics.session_day = recordings.session_day
        and metrics.recording_id = recordings.recording_id
where
    sentences.is_kept
    and (
        (sentences.facts ->> cast(items.fact_no as integer))
        = ((reports.report -> 'facts' -> cast(places.place as integer)) ->> 'id')
    )
