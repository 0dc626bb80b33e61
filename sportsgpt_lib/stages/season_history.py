"""Gathers a team's season from the partitions of the lake and writes its report.

The comparison itself is in ``kismam/season.py``; its rows are in ``season_reports.py``.
"""

import polars as pl

from sportsgpt_lib.kismam.season import start_of_season
from sportsgpt_lib.stages.publishing import keep_published
from sportsgpt_lib.stages.runner import StageReport, with_partition
from sportsgpt_lib.stages.season_reports import CODE_VERSION, build_season_reports
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_rows
from sportsgpt_lib.storage.tables import (
    KISMAM_METRICS,
    RECORDINGS,
    SEASON_REPORTS,
    STAGES,
)

_STAGES_BEFORE = STAGES[: STAGES.index(KISMAM_METRICS.name) + 1]


def write_season_report(lake: Lake, partition: PartitionKey) -> StageReport:
    """Write ``training.season_reports`` of a team as of the partition's day.

    Only recordings that every stage up to the metrics let through count.
    """
    first_day = start_of_season(partition.session_day)
    days = [
        past
        for past in lake.partitions(KISMAM_METRICS)
        if past.team_id == partition.team_id
        and first_day <= past.session_day <= partition.session_day
    ]
    metrics = [
        keep_published(lake, day, lake.read(KISMAM_METRICS, day), _STAGES_BEFORE)
        for day in days
    ]
    recordings = [lake.read(RECORDINGS, day) for day in days]
    rows = build_season_reports(
        pl.concat(metrics), pl.concat(recordings), partition.session_day
    )
    complete = conform_rows(
        SEASON_REPORTS, with_partition(rows, partition, CODE_VERSION)
    )
    lake.write(SEASON_REPORTS, partition, complete)
    return StageReport(complete, len(days), 0, 0)
