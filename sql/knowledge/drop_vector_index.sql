-- Drop the index of model $1 for collection $2.
select knowledge.drop_vector_index($1::text, $2::text)
