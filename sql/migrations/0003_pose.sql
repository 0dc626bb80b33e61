-- sqlfluff:exclude_rules:references.keywords,structure.column_order
-- How a clip was filmed, and how far the athlete's pose can be trusted.

alter table training.recordings
add column is_interlaced boolean,
add column is_hdr boolean,
add column camera_id text,
add column calibration jsonb;

create table training.camera_geometry (
    team_id text not null,
    session_day date not null,
    recording_id text not null,
    clip_sha256 text not null,
    scale_method text not null,
    scale_m_per_px double precision,
    scale_error_ratio double precision,
    scale_reason text,
    stature_px double precision,
    floor_level_px double precision,
    floor_slope_deg double precision,
    floor_error_px double precision,
    is_camera_moving boolean,
    camera_speed_body_heights_s double precision,
    roll_method text not null,
    camera_roll_deg double precision,
    camera_roll_error_deg double precision,
    roll_reason text,
    code_version text not null,
    primary key (team_id, session_day, recording_id)
);

alter table training.camera_geometry enable row level security;
alter table training.camera_geometry force row level security;
create policy pipeline_writes_all on training.camera_geometry
to sportsgpt_pipeline using (true) with check (true);
create policy readers_see_granted_teams on training.camera_geometry
for select to sportsgpt_analyst, sportsgpt_reader
using (team_id in (select access.granted_teams()));
grant select, insert, update, delete on training.camera_geometry to sportsgpt_pipeline;
grant select on training.camera_geometry to sportsgpt_analyst, sportsgpt_reader;

create table training.pose_quality (
    team_id text not null,
    session_day date not null,
    recording_id text not null,
    clip_sha256 text not null,
    measure text not null,
    measure_name text not null,
    value double precision,
    unit text not null,
    warn_limit double precision,
    stop_limit double precision,
    verdict text not null,
    reason_code text,
    reason text,
    fix text,
    code_version text not null,
    primary key (team_id, session_day, recording_id, measure)
);

alter table training.pose_quality enable row level security;
alter table training.pose_quality force row level security;
create policy pipeline_writes_all on training.pose_quality
to sportsgpt_pipeline using (true) with check (true);
create policy readers_see_granted_teams on training.pose_quality
for select to sportsgpt_analyst, sportsgpt_reader
using (team_id in (select access.granted_teams()));
grant select, insert, update, delete on training.pose_quality to sportsgpt_pipeline;
grant select on training.pose_quality to sportsgpt_analyst, sportsgpt_reader;
