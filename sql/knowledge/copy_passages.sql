-- Bulk way into the staging table; columns in its order.
copy staged_passages from stdin (format binary) -- noqa: PRS
