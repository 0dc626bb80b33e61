-- The $5 passages that fit the question's words best, among at most $4 with any of the words
-- of the query $1. Each of the words $2 counts its weight $3, by how rare it is, times how
-- much of the passage it is. word_share is the share of the weights that the passage has.
-- $6 to $10 are the filter: movement, issues, audience, licence, trust levels; null = any.
-- Lists of references answer nothing and are left out.
with
matching as materialized (
    select
        passages_in_use.passage_id,
        passages_in_use.search_text
    from knowledge.passages_in_use
    where
        passages_in_use.search_text @@ $1::tsquery
        and passages_in_use.payload ->> 'part_of' is distinct from 'references'
        and (
            $6::text is null
            or $6::text = any(passages_in_use.movements)
            or (
                passages_in_use.movements = '{}'
                and (
                    passages_in_use.source_movements = '{}'
                    or $6::text = any(passages_in_use.source_movements)
                )
            )
        )
        and ($7::text[] is null or passages_in_use.issues && $7::text[])
        and (
            $8::text is null
            or passages_in_use.audience = '{}'
            or $8::text = any(passages_in_use.audience)
        )
        and ($9::text is null or passages_in_use.licence = $9::text)
        and ($10::text[] is null or passages_in_use.trust_level = any($10::text[]))
    limit $4::bigint -- noqa: AM09
),

asked as (
    select
        given.weight,
        quote_literal(given.word)::tsquery as word_query
    from unnest($2::text[], $3::double precision[]) as given (word, weight)
)

select
    matching.passage_id,
    sum(
        asked.weight * ts_rank(matching.search_text, asked.word_query, 1)
    ) as relevance,
    sum(asked.weight) filter (where matching.search_text @@ asked.word_query)
    / (select sum(all_words.weight) from asked as all_words) as word_share
from matching
cross join asked
group by matching.passage_id
order by relevance desc, matching.passage_id asc
limit $5::bigint
