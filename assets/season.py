"""The season so far, for every athlete and the team."""

from typing import Any

import dagster as dg

from assets.partitions import partition_of
from assets.stage_asset import table_asset
from sportsgpt_lib.stages.season_history import write_season_report
from sportsgpt_lib.stages.season_reports import CODE_VERSION, READS
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.tables import SEASON_REPORTS


@table_asset(SEASON_REPORTS, group="guidance", reads=READS, code_version=CODE_VERSION)
def season_reports(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.MaterializeResult[Any]:
    """One row per athlete or team, movement and indicator: the season up to this day.

    Medians in each indicator's unit. A change of camera view, frame rate, pose network
    or movement definition is said and breaks the comparison.
    """
    report = write_season_report(lake, partition_of(context))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": report.rows.height,
            "days_of_the_season": report.computed_count,
        }
    )
