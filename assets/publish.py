"""What people and databases are given: only what every stage let through."""

from collections.abc import Callable
from typing import Any

import dagster as dg
import psycopg

from assets.partitions import DAY_BY_TEAM, ONE_PARTITION_PER_RUN, partition_of
from assets.previews import accepted_previews
from assets.table_keys import training_key
from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.stages.publishing import select_published
from sportsgpt_lib.stages.session_pages import SessionPages
from sportsgpt_lib.storage.audit_log import AuditLog
from sportsgpt_lib.storage.duckdb_marts import DuckDbMarts
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.postgres_marts import PostgresMarts
from sportsgpt_lib.storage.tables import TABLES

DUCKDB_PUBLISHER_POOL = "duckdb_publisher"
_MARTS = [training_key(table.name) for table in TABLES if table.is_mart]
_ATTEMPTS = 3
_WAIT_S = 10.0


def _serving_asset(
    *, deps: list[dg.AssetKey], kinds: set[str], pool: str | None = None
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    def declare(function: Callable[..., Any]) -> dg.AssetsDefinition:
        with accepted_previews():
            return dg.asset(
                key_prefix=["serving"],
                deps=deps,
                group_name="serving",
                owners=["team:serving"],
                kinds=kinds,
                partitions_def=DAY_BY_TEAM,
                backfill_policy=ONE_PARTITION_PER_RUN,
                code_version="1",
                pool=pool,
            )(function)

    return declare


@_serving_asset(deps=_MARTS, kinds={"duckdb"}, pool=DUCKDB_PUBLISHER_POOL)
def duckdb_marts(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    duckdb_publisher: dg.ResourceParam[DuckDbMarts],
) -> dg.MaterializeResult[Any]:
    """The analysts' DuckDB file, with this partition's marts replaced.

    A new file is built beside the old one and renamed; readers see one or the other.
    """
    partition = partition_of(context)
    counts = duckdb_publisher.publish(partition, select_published(lake, partition))
    return dg.MaterializeResult(
        metadata={"dagster/row_count": sum(counts.values()), "rows_by_table": counts}
    )


@_serving_asset(deps=_MARTS, kinds={"postgres"})
def postgres_marts(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    postgres_publisher: dg.ResourceParam[PostgresMarts],
) -> dg.MaterializeResult[Any]:
    """The marts in Postgres, with this partition replaced in one transaction.

    Tried again only when the server could not be reached.
    """
    partition = partition_of(context)
    try:
        counts = postgres_publisher.publish(
            partition, select_published(lake, partition)
        )
    except DatabaseError as error:
        if isinstance(error.__cause__, psycopg.OperationalError):
            raise dg.RetryRequested(_ATTEMPTS, _WAIT_S) from error
        raise
    return dg.MaterializeResult(
        metadata={"dagster/row_count": sum(counts.values()), "rows_by_table": counts}
    )


@_serving_asset(
    deps=[training_key(table.name) for table in TABLES],
    kinds={"html", "greatexpectations"},
)
def data_docs(
    context: dg.AssetExecutionContext, audit_log: dg.ResourceParam[AuditLog]
) -> dg.MaterializeResult[Any]:
    """Great Expectations' pages on this partition: every table, every expectation."""
    page = audit_log.write(partition_of(context))
    return dg.MaterializeResult(metadata={"pages": dg.MetadataValue.path(str(page))})


@_serving_asset(
    deps=[*_MARTS, training_key("athlete_poses"), training_key("joint_kinematics")],
    kinds={"html", "video"},
)
def session_pages(
    context: dg.AssetExecutionContext, session_pages: dg.ResourceParam[SessionPages]
) -> dg.MaterializeResult[Any]:
    """The session report as HTML, and every clip's overlay, contact sheet and plots.

    Faces of everybody who was tracked are hidden, and other faces that were found.
    """
    pages = session_pages.write(partition_of(context))
    return dg.MaterializeResult(
        metadata={
            "report": dg.MetadataValue.path(str(pages.report)),
            "overlay_videos": len(pages.overlays),
            "pictures_made": pages.picture_count,
            "was_reused": pages.was_reused,
        }
    )
