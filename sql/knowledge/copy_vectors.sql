-- Bulk way into the table of a model.
copy knowledge.model_vectors (
    collection, text_key, chunker_version, embedding
) from stdin (format binary) -- noqa: PRS
