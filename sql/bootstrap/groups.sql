-- Group roles. Roles belong to the whole server, not to one database, so they may
-- exist already. Nobody logs in as a group: logins are made members of one.
do $$
declare
    group_name text;
begin
    -- Two databases of one server may be set up at the same moment.
    perform pg_advisory_xact_lock(hashtext('sportsgpt groups'));
    foreach group_name in array array[
        'sportsgpt_pipeline', 'sportsgpt_analyst', 'sportsgpt_reader', 'sportsgpt_coach'
    ] loop
        if not exists (select 1 from pg_roles where rolname = group_name) then
            execute format('create role %I nologin', group_name);
        end if;
    end loop;
end
$$;
