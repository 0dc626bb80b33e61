-- Delete the vectors of model $1 and the questions it embedded.
select knowledge.delete_embedding_model($1::text)
