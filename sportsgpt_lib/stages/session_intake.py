"""Takes a session folder into the lake: the first table and its verdicts."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sportsgpt_lib.media.clip import probe_clip
from sportsgpt_lib.session.manifest import load_manifest
from sportsgpt_lib.sports.loader import find_unusable_movements, movement_names
from sportsgpt_lib.stages.recording_verdicts import KnownMovements
from sportsgpt_lib.stages.recordings import (
    CODE_VERSION,
    STAGE_NAME,
    check_partition,
    compute_recordings,
)
from sportsgpt_lib.stages.runner import StageReport, find_stopped, with_partition
from sportsgpt_lib.stages.verdict_rows import verdict_table
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_rows, empty_rows
from sportsgpt_lib.storage.tables import RECORDINGS


@dataclass(frozen=True)
class SessionIntake:
    """Reads session folders and writes ``training.recordings``."""

    lake: Lake
    session_folder: Callable[[PartitionKey], Path]

    def take_in(self, partition: PartitionKey) -> StageReport:
        """Describe and judge every clip of a partition's session folder.

        Raises
        ------
        SessionError
            The folder has no usable manifest, or it is of another team or day.
        """
        folder = self.session_folder(partition)
        manifest = load_manifest(folder)
        check_partition(manifest, partition.team_id, partition.session_day)
        names = movement_names()
        movements = KnownMovements(names, find_unusable_movements(names))
        session = compute_recordings(folder, manifest, movements, probe_clip)
        self.lake.write(
            verdict_table(STAGE_NAME),
            partition,
            with_partition(session.verdicts, partition, CODE_VERSION),
        )
        rows = _conform(session.recordings, partition)
        self.lake.write(RECORDINGS, partition, rows)
        stopped = find_stopped(session.verdicts).height
        return StageReport(rows, rows.height, 0, stopped)


def _conform(rows: pl.DataFrame, partition: PartitionKey) -> pl.DataFrame:
    if rows.is_empty():
        return empty_rows(RECORDINGS)
    return conform_rows(RECORDINGS, with_partition(rows, partition, CODE_VERSION))
