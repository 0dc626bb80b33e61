"""Runs the stages from a session folder to clean poses, with a clock on each part.

The stages go through the StageRunner, as in the asset graph; the lake and the cache lie
below a folder of the caller's.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.pose.footage import PARTITION
from sportsgpt_lib.pose.estimator import PersonDetector, PoseEstimator
from sportsgpt_lib.stages.athlete_poses import AthletePosesStage
from sportsgpt_lib.stages.contract import Stage
from sportsgpt_lib.stages.pose_tracks import PoseTracksStage
from sportsgpt_lib.stages.runner import StageRunner
from sportsgpt_lib.stages.session_intake import SessionIntake
from sportsgpt_lib.stages.stage_cache import StageCache
from sportsgpt_lib.stages.verdict_rows import verdict_table
from sportsgpt_lib.storage.audit_log import AuditLog
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.tables import TABLES_BY_NAME

_LAKE = "lake"


@dataclass(frozen=True)
class PoseCost:
    """Wall times of one run, in seconds.

    ``network_s`` is what detector and estimator took; ``tracking_s`` is the rest of
    ``pose_tracks``: decoding where it was waited for, cropping, following, checkpoints.
    ``repair_s`` is choice of the athlete, repair, scale and quality; ``writing_s`` is
    lake and cache.
    """

    network_s: float
    tracking_s: float
    repair_s: float
    writing_s: float
    row_count: int

    @property
    def own_s(self) -> float:
        """Everything but the networks."""
        return self.tracking_s + self.repair_s + self.writing_s


def run_pose_stages(
    session_folder: Path,
    work_folder: Path,
    detector: PersonDetector,
    estimator: PoseEstimator,
) -> PoseCost:
    """Take the session in, track and repair; raises where a clip is stopped."""
    lake = _TimedLake(work_folder / _LAKE)
    cache = _TimedCache(work_folder / "cache")
    SessionIntake(lake, lambda _: session_folder).take_in(PARTITION)
    runner = StageRunner(lake, cache, lambda _: session_folder)
    before_s = detector.network_seconds + estimator.network_seconds
    lake.seconds = 0.0
    tracks_s, _ = _time_stage(runner, PoseTracksStage(detector, estimator))
    network_s = detector.network_seconds + estimator.network_seconds - before_s
    first_writing_s = lake.seconds + cache.seconds
    repair_s, row_count = _time_stage(runner, AthletePosesStage())
    writing_s = lake.seconds + cache.seconds
    return PoseCost(
        network_s,
        tracks_s - network_s - first_writing_s,
        repair_s - (writing_s - first_writing_s),
        writing_s,
        row_count,
    )


def audit_pose_tables(work_folder: Path) -> None:
    """Check the tables of ``run_pose_stages`` by contract; raises where broken."""
    lake = Lake(work_folder / _LAKE)
    log = AuditLog(lake, lambda _: work_folder / "data_docs")
    for stage in (PoseTracksStage, AthletePosesStage):
        for name in (stage.table_name, *stage.side_tables):
            audit = log.audit(TABLES_BY_NAME[name], PARTITION)
            if not audit.success:
                message = f"{name} breaks its contract: {audit.problems}"
                raise RuntimeError(message)


def _time_stage(runner: StageRunner, stage: Stage) -> tuple[float, int]:
    """Run a stage; gives its time in seconds and its rows' number, not the rows."""
    start_s = time.perf_counter()
    report = runner.run(stage, PARTITION)
    elapsed_s = time.perf_counter() - start_s
    if report.stopped_count or report.rows.is_empty():
        verdicts = runner.lake.read(verdict_table(stage.table_name), PARTITION)
        message = f"{stage.table_name} gave no rows: {verdicts['reason'].to_list()}"
        raise RuntimeError(message)
    return elapsed_s, report.rows.height


class _TimedLake(Lake):
    seconds = 0.0

    def write(self, *arguments: Any) -> Any:
        start_s = time.perf_counter()
        path = super().write(*arguments)
        self.seconds += time.perf_counter() - start_s
        return path


class _TimedCache(StageCache):
    seconds = 0.0

    def save(self, *arguments: Any) -> None:
        start_s = time.perf_counter()
        super().save(*arguments)
        self.seconds += time.perf_counter() - start_s
