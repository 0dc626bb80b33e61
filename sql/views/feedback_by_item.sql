-- One row per team × finding or exercise, findings by movement definition: what coaches answered,
-- with the interval of their agreement, and the reasons of those who disagree.
-- column item_name: As one of the answered reports calls it.
-- column movement_sha256: Movement definition that reported the findings; null = an exercise, or
--     findings that no session reports any more.
-- column latest_day: Latest session that was answered to.
-- column agree_count: Answers that agree.
-- column disagree_count: Answers that disagree, whatever the reason.
-- column agree_ratio: Share of agreeing answers; null = no opinion only.
-- column agree_low_ratio: Lower end of its 95 % interval (Wilson). Answers count as independent,
--     though a coach's are not.
-- column agree_high_ratio: Upper end of that interval.
-- column asking_count: Of the disagreeing answers, those that ask for another threshold.
-- column measured_wrong_count: Of the disagreeing answers, those for measured_wrong.
-- column wrong_dose_count: Of the disagreeing answers, those for too_hard, too_easy or wrong_dose.
-- column not_possible_count: Of the disagreeing answers, those for no_equipment or no_time.
with counted as (
    select
        answers.team_id,
        answers.item_kind,
        answers.item_id,
        answers.movement_sha256,
        max(answers.item_name) as item_name,
        max(answers.movement) as movement,
        max(answers.issue) as issue,
        max(answers.session_day) as latest_day,
        count(*) filter (where answers.answer = 'agree') as agree_count,
        count(*) filter (where answers.answer = 'disagree') as disagree_count,
        count(*) filter (where answers.answer <> 'no_opinion') as said_count,
        count(*) filter (where answers.is_asking) as asking_count,
        count(*) filter (where answers.reason = 'measured_wrong') as measured_wrong_count,
        count(*) filter (
            where answers.reason in ('too_hard', 'too_easy', 'wrong_dose')
        ) as wrong_dose_count,
        count(*) filter (
            where answers.reason in ('no_equipment', 'no_time')
        ) as not_possible_count
    from training.coach_answers as answers
    group by answers.team_id, answers.item_kind, answers.item_id, answers.movement_sha256
),

-- Wilson's interval: its centre and half width, with z = 1.959964.
shared as (
    select
        counted.*,
        (counted.agree_count + 1.920729) / (counted.said_count + 3.841459) as centre,
        1.959964 * sqrt(
            coalesce(
                cast(counted.agree_count * counted.disagree_count as double precision)
                / nullif(counted.said_count, 0),
                0.0
            )
            + 0.960365
        ) / (counted.said_count + 3.841459) as half_width
    from counted
)

select
    shared.team_id,
    shared.item_kind,
    shared.item_id,
    shared.item_name,
    shared.movement,
    shared.issue,
    shared.movement_sha256,
    shared.latest_day,
    shared.agree_count,
    shared.disagree_count,
    cast(shared.agree_count as double precision) / nullif(shared.said_count, 0) as agree_ratio,
    greatest(shared.centre - shared.half_width, 0.0) as agree_low_ratio,
    least(shared.centre + shared.half_width, 1.0) as agree_high_ratio,
    shared.asking_count,
    shared.measured_wrong_count,
    shared.wrong_dose_count,
    shared.not_possible_count
from shared
