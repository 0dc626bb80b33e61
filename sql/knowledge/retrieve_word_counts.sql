-- The words of question $2, as passages are indexed by configuration $1, with the count
-- of passages that have each, 0 = rare; and the count of all passages, as the server
-- estimates it.
select
    asked.word,
    coalesce(word_counts.passage_count, 0) as passage_count,
    (
        select coalesce(sum(greatest(parts.reltuples, 0)), 0)
        from pg_catalog.pg_partition_tree('knowledge.passages') as tree
        inner join pg_catalog.pg_class as parts on tree.relid = parts.oid
        where tree.isleaf
    ) as all_count
from unnest(tsvector_to_array(to_tsvector($1::text::regconfig, $2::text))) as asked (word)
left join knowledge.word_counts on asked.word = word_counts.word
