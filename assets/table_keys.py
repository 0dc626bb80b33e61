"""Asset keys of the training graph: schema and table name, as in SQL."""

import dagster as dg

SCHEMA = "training"


def training_key(name: str) -> dg.AssetKey:
    """Name a table of the training graph as an asset key."""
    return dg.AssetKey([SCHEMA, name])
