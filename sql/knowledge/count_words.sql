-- Count words in a sample of about $1 of the $2 current passages, and keep those in at
-- least $3 passages.
insert into knowledge.word_counts (word, passage_count)
select
    stated.word,
    (stated.ndoc * greatest(1.0, $2::bigint / $1::double precision))::bigint as passage_count
from
    ts_stat(
        format(
            'select search_text from knowledge.passages '
            'tablesample system (%1$s) repeatable (1) where is_current '
            'union all '
            'select translated_text from knowledge.passages '
            'tablesample system (%1$s) repeatable (1) '
            'where is_current and translated_text is not null',
            least(100.0, 100.0 * $1::double precision / greatest(1, $2::bigint))
        )
    ) as stated
where stated.ndoc * greatest(1.0, $2::bigint / $1::double precision) >= $3::bigint
on conflict (word) do update set passage_count = excluded.passage_count
