"""Decides what of a partition is published: only what every stage let through.

A blocking check gates its own run only, so the publisher reads the verdicts itself.
Writing to the databases belongs to ``storage``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from sportsgpt_lib.stages.runner import find_stopped, join_verdicts
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import QUALITY_VERDICTS, STAGES, TABLES

# What says why a recording was stopped, or lets somebody judge whether it had to be.
_SHOWN_WHOLE = ("recordings", "camera_geometry", "pose_quality", "quality_verdicts")


@dataclass(frozen=True)
class Completeness:
    """How much of a partition came through, in recordings."""

    published_count: int
    total_count: int

    @property
    def ratio(self) -> float:
        """Share of the recordings that came through; 1 where there were none."""
        return self.published_count / self.total_count if self.total_count else 1.0


def collect_verdicts(lake: Lake, partition: PartitionKey) -> pl.DataFrame:
    """Write ``training.quality_verdicts`` from the verdicts of all stages."""
    lake.write(QUALITY_VERDICTS, partition, join_verdicts(lake, partition, STAGES))
    return lake.read(QUALITY_VERDICTS, partition)


def measure_completeness(verdicts: pl.DataFrame) -> Completeness:
    """Count the subjects of a partition, and those that no stage stopped.

    A clip that the manifest does not name, and a file that is missing, count as
    subjects: they were handed in.
    """
    subjects = verdicts.select("clip_file", "subject_id").unique()
    stopped = find_stopped(verdicts).select("clip_file", "subject_id").unique()
    return Completeness(subjects.height - stopped.height, subjects.height)


def find_stopped_recordings(
    lake: Lake, partition: PartitionKey, stages: Sequence[str] = STAGES
) -> frozenset[str]:
    """Find the recordings of a partition that one of these stages has stopped.

    Who works before the last stage names the ones before it: verdicts of the others
    are of an earlier run, if there was any.
    """
    stopped = find_stopped(join_verdicts(lake, partition, stages))
    return frozenset(stopped["subject_id"])


def drop_recordings(rows: pl.DataFrame, recordings: Collection[str]) -> pl.DataFrame:
    """Drop the rows of these recordings."""
    return rows.filter(~pl.col("recording_id").is_in(sorted(recordings)))


def keep_published(
    lake: Lake,
    partition: PartitionKey,
    rows: pl.DataFrame,
    stages: Sequence[str] = STAGES,
) -> pl.DataFrame:
    """Keep the rows of recordings that none of these stages has stopped."""
    return drop_recordings(rows, find_stopped_recordings(lake, partition, stages))


def select_published(lake: Lake, partition: PartitionKey) -> dict[str, pl.DataFrame]:
    """Load the rows of every mart table that may be published.

    ``recordings``, ``camera_geometry``, ``pose_quality`` and ``quality_verdicts`` are
    shown whole; all other tables without the recordings that a stage stopped.
    """
    stopped = find_stopped_recordings(lake, partition)
    published = {}
    for table in TABLES:
        if table.is_mart and lake.has(table, partition):
            rows = lake.read(table, partition)
            if table.name not in _SHOWN_WHOLE and "recording_id" in rows.columns:
                rows = drop_recordings(rows, stopped)
            published[table.name] = rows
    return published
