-- One row per coach × finding or exercise of an athlete's session: the latest answer, which is
-- the one that counts.
-- column movement_sha256: Movement definition that reported the finding; null = an exercise, or the
--     session does not report the finding any more.
-- column is_asking: Whether the answer asks for another threshold: it disagrees with a finding
--     without a reason, or for not_seen or target_too_strict.
select distinct on (
    answers.team_id,
    answers.session_day,
    answers.athlete_id,
    answers.item_kind,
    answers.item_id,
    answers.given_by
)
    answers.team_id,
    answers.session_day,
    answers.athlete_id,
    answers.report_id,
    answers.item_kind,
    answers.item_id,
    answers.item_name,
    answers.movement,
    answers.issue,
    margins.movement_sha256,
    answers.given_by,
    answers.answered_at_utc,
    answers.answer,
    answers.reason,
    (
        answers.item_kind = 'finding'
        and answers.answer = 'disagree'
        and coalesce(answers.reason, 'not_seen') in ('not_seen', 'target_too_strict')
    ) as is_asking
from training.coach_feedback as answers
left join training.finding_margins as margins
    on
        answers.team_id = margins.team_id
        and answers.session_day = margins.session_day
        and answers.athlete_id = margins.athlete_id
        and answers.movement = margins.movement
        and answers.issue = margins.issue
        and margins.threshold = 'reported_probability'
order by
    answers.team_id asc,
    answers.session_day asc,
    answers.athlete_id asc,
    answers.item_kind asc,
    answers.item_id asc,
    answers.given_by asc,
    answers.answered_at_utc desc,
    answers.report_id desc
