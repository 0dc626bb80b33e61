-- Texts in use that more than one source holds; one of them should be a link. Cards are
-- left out: guidance reads them in parts. At most $1.
select
    min(passages_in_use.passage_id) as passage_id,
    array_agg(distinct passages_in_use.source_id) as source_ids
from knowledge.passages_in_use
where passages_in_use.kind not in ('technique', 'exercise')
group by passages_in_use.text_key
having count(distinct passages_in_use.source_id) > 1
order by passage_id asc
limit $1::bigint
