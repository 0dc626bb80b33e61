-- One row per team × movement definition × issue × threshold: how far the threshold would have to
-- move, alone, so that the findings that coaches disagree with would not have been reported while
-- those they agree with stay. Nothing moves by itself.
-- column unmoved_count: Of the answers that ask, those that this threshold alone cannot satisfy.
-- column move_to_drop: How far current_value would have to move so that none of the other findings
--     that coaches ask about would have been reported: by more than this; null = nobody asks, or
--     none can be satisfied. Unit: see unit.
-- column value_to_drop: Where current_value would then lie; null as there. Unit: see unit.
-- column agreed_lost_count: Answers that agree with findings that would be lost by it.
-- column keeps_agreed: Whether the move satisfies every answer that asks, and loses no finding that
--     was agreed with; null = nobody asks.
with judged as (
    select
        margins.*,
        answers.answer,
        answers.is_asking,
        max(margins.needed_move) filter (where answers.is_asking) over (
            partition by
                margins.team_id,
                margins.movement,
                margins.movement_sha256,
                margins.issue,
                margins.threshold,
                margins.indicator,
                margins.current_value
        ) as move_to_drop
    from training.coach_answers as answers
    inner join training.finding_margins as margins
        on
            answers.team_id = margins.team_id
            and answers.session_day = margins.session_day
            and answers.athlete_id = margins.athlete_id
            and answers.movement = margins.movement
            and answers.issue = margins.issue
),

moved as (
    select
        judged.team_id,
        judged.movement,
        judged.movement_sha256,
        judged.issue,
        judged.threshold,
        judged.indicator,
        judged.unit,
        judged.current_value,
        judged.move_to_drop,
        case
            when judged.threshold = 'target_low'
                then min(judged.needed_value) filter (where judged.is_asking)
            else max(judged.needed_value) filter (where judged.is_asking)
        end as value_to_drop,
        count(judged.needed_move) filter (where judged.is_asking) as satisfied_count,
        count(*) filter (
            where judged.answer = 'agree' and judged.needed_move <= judged.move_to_drop
        ) as agreed_lost_count
    from judged
    group by
        judged.team_id,
        judged.movement,
        judged.movement_sha256,
        judged.issue,
        judged.threshold,
        judged.indicator,
        judged.unit,
        judged.current_value,
        judged.move_to_drop
)

select
    moved.team_id,
    moved.movement,
    moved.movement_sha256,
    moved.issue,
    items.latest_day,
    items.agree_count,
    items.disagree_count,
    items.agree_ratio,
    items.agree_low_ratio,
    items.agree_high_ratio,
    items.asking_count,
    moved.threshold,
    moved.indicator,
    moved.unit,
    moved.current_value,
    items.asking_count - moved.satisfied_count as unmoved_count,
    moved.move_to_drop,
    moved.value_to_drop,
    moved.agreed_lost_count,
    case
        when items.asking_count > 0
            then
                items.asking_count = moved.satisfied_count
                and moved.agreed_lost_count = 0
    end as keeps_agreed
from moved
inner join training.feedback_by_item as items
    on
        moved.team_id = items.team_id
        and moved.movement = items.movement
        and moved.movement_sha256 = items.movement_sha256
        and moved.issue = items.issue
