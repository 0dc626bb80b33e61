-- One row per athlete × movement: the latest session with a score, and its median score
-- in points. Never compare two athletes' scores across cameras or definitions.
-- column repetition_count: Repetitions of that session with a score.
-- column median_score_points: Median technique score of these repetitions. Unit: points.
select distinct on (sessions.team_id, sessions.athlete_id, sessions.movement)
    sessions.team_id,
    sessions.athlete_id,
    sessions.movement,
    sessions.session_day,
    sessions.repetition_count,
    sessions.median_score_points
from (
    select
        scores.team_id,
        scores.athlete_id,
        scores.movement,
        scores.session_day,
        count(*) as repetition_count,
        percentile_cont(0.5) within group (
            order by scores.score_points
        ) as median_score_points
    from training.technique_scores as scores
    inner join training.recordings as recordings
        on
            scores.team_id = recordings.team_id
            and scores.session_day = recordings.session_day
            and scores.recording_id = recordings.recording_id
            and recordings.role = 'athlete'
    where scores.score_points is not null
    group by scores.team_id, scores.athlete_id, scores.movement, scores.session_day
) as sessions
order by
    sessions.team_id asc, sessions.athlete_id asc, sessions.movement asc, sessions.session_day desc
