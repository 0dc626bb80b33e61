-- What an athlete is, as far as targets depend on it.

alter table training.recordings add column athlete_groups jsonb;
