-- sqlfluff:exclude_rules:references.keywords
-- What all searches filter by, said once; and when a search returns nothing, which
-- belongs to the model.

-- Plain SQL without settings of its own, so that the planner puts its text in place of
-- the call and indexes are used as if it stood there.
create function knowledge.passes_filter(
    passage knowledge.passages_in_use,
    wanted_movement text,
    wanted_issues text[],
    wanted_audience text,
    wanted_licence text,
    wanted_trust_levels text[]
) returns boolean
language sql immutable
as $$
    select
        passage.payload ->> 'part_of' is distinct from 'references'
        and (
            wanted_movement is null
            or wanted_movement = any(passage.movements)
            or (
                passage.movements = '{}'
                and (
                    passage.source_movements = '{}'
                    or wanted_movement = any(passage.source_movements)
                )
            )
        )
        and (wanted_issues is null or passage.issues && wanted_issues)
        and (
            wanted_audience is null
            or passage.audience = '{}'
            or wanted_audience = any(passage.audience)
        )
        and (wanted_licence is null or passage.licence = wanted_licence)
        and (wanted_trust_levels is null or passage.trust_level = any(wanted_trust_levels))
$$;

comment on function knowledge.passes_filter(
    knowledge.passages_in_use, text, text[], text, text, text[]
) is
'Whether a passage passes a search''s filter (null = any) and is no list of references.';

revoke all on function knowledge.passes_filter(
    knowledge.passages_in_use, text, text[], text, text, text[]
) from public;
grant execute on function knowledge.passes_filter(
    knowledge.passages_in_use, text, text[], text, text, text[]
) to sportsgpt_pipeline;

alter table knowledge.embedding_models add column abstention jsonb;

comment on column knowledge.embedding_models.abstention is
'When a search by this model returns nothing, as fitted; null = not fitted.';

grant update (abstention) on knowledge.embedding_models to sportsgpt_pipeline;
