-- What the checks look at in every vector of a model.
select
    collection,
    text_key::text as text_key,
    vector_dims(embedding) as dimension,
    l2_norm(embedding) as vector_length
from knowledge.model_vectors
