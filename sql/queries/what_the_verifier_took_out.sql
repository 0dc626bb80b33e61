-- What did the verifier take out of reports, by which check, and of whose words?
select
    sentences.team_id,
    sentences.session_day,
    sentences.athlete_id,
    reports.writer,
    sentences.section,
    sentences.failed_check,
    sentences.reason,
    sentences.sentence
from training.guidance_sentences as sentences
inner join training.guidance_reports as reports
    on
        sentences.team_id = reports.team_id
        and sentences.session_day = reports.session_day
        and sentences.athlete_id = reports.athlete_id
where not sentences.is_kept
order by
    sentences.team_id asc,
    sentences.session_day desc,
    sentences.athlete_id asc,
    sentences.sentence_no asc;
