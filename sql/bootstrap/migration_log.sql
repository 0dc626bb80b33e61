-- Which migrations this database has seen, and with which text.
create schema if not exists platform;

create table if not exists platform.migrations (
    file_name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
);

comment on table platform.migrations is
'One row per applied file of sql/migrations; one more stands for views and comments.';
