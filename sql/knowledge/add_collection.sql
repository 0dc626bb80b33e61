-- Make the partitions of collection $1, unless they are there.
select knowledge.add_collection($1::text)
