-- Whose pose should somebody look at before the numbers are used, and why?
select
    trust.team_id,
    trust.session_day,
    trust.athlete_id,
    trust.movement,
    trust.clip_file,
    trust.measure_name,
    trust.value,
    trust.unit,
    trust.verdict,
    trust.reason,
    trust.fix
from training.pose_trust as trust
where trust.verdict <> 'PASS'
order by trust.team_id, trust.session_day, trust.clip_file, trust.recording_id, trust.measure;
