-- Drops every view of the training schema, so that tables under them may change.
do $$
declare
    view_name text;
begin
    for view_name in
        select viewname from pg_views where schemaname = 'training'
    loop
        execute format('drop view if exists training.%I cascade', view_name);
    end loop;
end
$$;
