"""The decorator that all table assets of the training graph share.

It fixes key, group, owner, partitions and column schema, so that an asset module says
only what is its own.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg

from assets.describe import describe_table
from assets.partitions import DAY_BY_TEAM, ONE_PARTITION_PER_RUN
from assets.previews import accepted_previews
from assets.table_keys import training_key
from sportsgpt_lib.storage.contract import Table


def table_asset(
    table: Table,
    *,
    group: str,
    reads: Sequence[str],
    code_version: str,
    pool: str | None = None,
    also_reads: Sequence[dg.AssetKey] = (),
    side_tables: Sequence[Table] = (),
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declare the asset that makes a table, and its side tables in the same step.

    ``reads`` names earlier tables.
    """
    deps = [*map(training_key, reads), *also_reads]

    def build_spec(made: Table, description: str | None) -> dg.AssetSpec:
        return dg.AssetSpec(
            training_key(made.name),
            deps=deps,
            description=description,
            group_name=group,
            owners=[f"team:{group}"],
            kinds={"python", "parquet"},
            code_version=code_version,
            metadata=describe_table(made),
        )

    def declare(function: Callable[..., Any]) -> dg.AssetsDefinition:
        specs = [build_spec(table, inspect.getdoc(function))]
        specs += [
            build_spec(side, f"One row per {side.grain}. Made with `{table.name}`.")
            for side in side_tables
        ]
        with accepted_previews():
            return dg.multi_asset(
                name=training_key(table.name).to_python_identifier(),
                specs=specs,
                partitions_def=DAY_BY_TEAM,
                backfill_policy=ONE_PARTITION_PER_RUN,
                pool=pool,
            )(function)

    return declare
