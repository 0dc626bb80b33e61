"""The partitions of the training graph: training day × team.

Never one partition per clip: a federation makes 300,000 clips a season, and Dagster
holds about 100,000 partitions of an asset.
"""

from datetime import date

import dagster as dg

from assets.previews import accepted_previews
from sportsgpt_lib.storage.partition import PartitionKey

FIRST_DAY = date(2025, 1, 1)
TEAMS = dg.DynamicPartitionsDefinition(name="team")
DAY_BY_TEAM = dg.MultiPartitionsDefinition(
    {
        "day": dg.DailyPartitionsDefinition(
            start_date=FIRST_DAY.isoformat(), end_offset=1
        ),
        "team": TEAMS,
    }
)
with accepted_previews():
    ONE_PARTITION_PER_RUN = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)


def partition_of(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext,
) -> PartitionKey:
    """Read the partition a step runs for."""
    return PartitionKey.parse(context.partition_key)
