"""The verdicts of all stages, put together: what failed, why, and what to do."""

from typing import Any

import dagster as dg

from assets.partitions import partition_of
from assets.stage_asset import table_asset
from sportsgpt_lib.stages.publishing import collect_verdicts, measure_completeness
from sportsgpt_lib.stages.runner import find_stopped
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.tables import QUALITY_VERDICTS, STAGES


@table_asset(QUALITY_VERDICTS, group="quality", reads=STAGES, code_version="1")
def quality_verdicts(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.MaterializeResult[Any]:
    """One row per clip or recording and stage: PASS, WARN, QUARANTINE or REJECT.

    Each verdict but PASS has its reason and what to do about it, in words.
    """
    verdicts = collect_verdicts(lake, partition_of(context))
    completeness = measure_completeness(verdicts)
    stopped = find_stopped(verdicts)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": verdicts.height,
            "published_recordings": completeness.published_count,
            "recordings_handed_in": completeness.total_count,
            "completeness_ratio": completeness.ratio,
            "stopped_because": dg.MetadataValue.json(
                stopped["reason_code"].value_counts(sort=True).to_dicts()
            ),
        }
    )
