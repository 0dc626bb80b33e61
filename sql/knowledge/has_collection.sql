-- Whether the partition of passages for collection $1 is there.
select to_regclass(
    'knowledge.' || quote_ident(knowledge.partition_of('passages', $1::text))
) is not null as is_there
