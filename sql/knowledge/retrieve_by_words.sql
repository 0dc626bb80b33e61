-- The $5 passages that fit the question's words best, among at most $4 with any of the words
-- of the query $1. Each of the words $2 counts its weight $3, by how rare it is, times how
-- much of the passage it is. word_share is the share of the weights that the passage has.
-- $6 to $10 are the filter: movement, issues, audience, licence, trust levels; null = any.
-- A passage in another language than $11 is read in its translation, where it has one.
with
matching as materialized (
    select
        passages_in_use.passage_id,
        case
            when
                passages_in_use.language_code != $11::text
                and passages_in_use.translated_text is not null
                then passages_in_use.translated_text
            else passages_in_use.search_text
        end as search_text
    from knowledge.passages_in_use
    where
        (
            passages_in_use.search_text @@ $1::tsquery
            or (
                passages_in_use.translated_text @@ $1::tsquery
                and passages_in_use.language_code != $11::text
            )
        )
        and knowledge.passes_filter(
            passages_in_use, $6::text, $7::text[], $8::text, $9::text, $10::text[]
        )
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
