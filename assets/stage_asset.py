"""The decorator that all table assets of the training graph share.

It fixes key, group, owner, partitions and column schema, so that an asset module says
only what is its own.
"""

from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg

from assets.describe import describe_table
from assets.partitions import DAY_BY_TEAM, ONE_PARTITION_PER_RUN
from assets.previews import accepted_previews
from sportsgpt_lib.storage.contract import Table

SCHEMA = "training"


def training_key(name: str) -> dg.AssetKey:
    """Name a table of the training graph as an asset key."""
    return dg.AssetKey([SCHEMA, name])


def table_asset(
    table: Table,
    *,
    group: str,
    reads: Sequence[str],
    code_version: str,
    pool: str | None = None,
    also_reads: Sequence[dg.AssetKey] = (),
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declare the asset that makes one table; ``reads`` names earlier tables."""

    def declare(function: Callable[..., Any]) -> dg.AssetsDefinition:
        with accepted_previews():
            return dg.asset(
                key=training_key(table.name),
                deps=[*map(training_key, reads), *also_reads],
                group_name=group,
                owners=[f"team:{group}"],
                kinds={"python", "parquet"},
                partitions_def=DAY_BY_TEAM,
                backfill_policy=ONE_PARTITION_PER_RUN,
                code_version=code_version,
                metadata=describe_table(table),
                pool=pool,
            )(function)

    return declare
