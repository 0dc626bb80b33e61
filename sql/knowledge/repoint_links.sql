-- Links to a passage of source $1 whose text has moved to another place follow it.
update knowledge.passage_links
set kept_passage_id = moved.passage_id
from knowledge.passages as former
inner join knowledge.passages as moved
    on
        former.source_id = moved.source_id
        and former.collection = moved.collection
        and former.text_key = moved.text_key
where
    passage_links.kept_passage_id = former.passage_id
    and former.source_id = $1::text
    and not former.is_current
    and moved.is_current
