from datetime import UTC, datetime

import dagster as dg

from assets.partitions import DAY_BY_TEAM, FIRST_DAY, partition_of
from sportsgpt_lib.storage.partition import PartitionKey


def test_a_partition_is_a_day_and_a_team(instance):
    keys = DAY_BY_TEAM.get_partition_keys(
        current_time=datetime(2025, 1, 2, 12, tzinfo=UTC),
        dynamic_partitions_store=instance,
    )
    assert sorted(keys) == [
        "2025-01-01|blue",
        "2025-01-01|green",
        "2025-01-02|blue",
        "2025-01-02|green",
    ]


def test_today_has_a_partition_before_it_is_over(instance):
    noon = datetime(2026, 1, 15, 12, tzinfo=UTC)
    days = DAY_BY_TEAM.get_partitions_def_for_dimension("day").get_partition_keys(noon)
    assert days[0] == FIRST_DAY.isoformat()
    assert days[-1] == "2026-01-15"


def test_a_step_knows_its_partition(context, partition):
    assert partition_of(context) == partition
    other = dg.build_asset_context(partition_key="2026-02-01|green")
    assert partition_of(other) == PartitionKey.parse("2026-02-01|green")
