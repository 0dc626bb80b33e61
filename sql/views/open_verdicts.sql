-- One row per clip or recording that was stopped or let through with a warning, at the
-- stage that said so: the reason in words and what to do about it.
select
    verdicts.team_id,
    verdicts.session_day,
    verdicts.clip_file,
    verdicts.subject_id,
    verdicts.athlete_id,
    verdicts.stage,
    verdicts.verdict,
    verdicts.reason_code,
    verdicts.reason,
    verdicts.fix
from training.quality_verdicts as verdicts
where verdicts.verdict <> 'PASS'
