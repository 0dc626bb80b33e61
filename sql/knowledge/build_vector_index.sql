-- Build the index of model $1 for collection $2 with $3 MB and $4 helpers; false where
-- it is there.
select knowledge.build_vector_index($1::text, $2::text, $3::integer, $4::integer)
