-- Adds an answer to report $1, item $2 $3, by $4 at $5: $6 for reason $7. One that is there
-- already is not added again.
insert into training.coach_feedback (
    report_id, item_kind, item_id, given_by, answered_at_utc, answer, reason
)
values ($1, $2, $3, $4, $5::timestamptz, $6, $7)
on conflict do nothing
returning report_id
