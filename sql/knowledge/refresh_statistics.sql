-- What plans over the passages and the vectors of model $1 are made by.
select knowledge.refresh_statistics($1::text)
