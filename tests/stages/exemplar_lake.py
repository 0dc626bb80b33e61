"""A lake that holds one processed recording of role ``reference``."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from tests.target_models.recorded_stride import record_walk

BLUE = PartitionKey("blue", date(2026, 1, 15))
RECORDING_ID = "exemplar"

BuildRows = Callable[..., pl.DataFrame]


def fill_exemplar_lake(root: Path, build_rows: BuildRows, **said: object) -> Lake:
    """Write a recording and its angles; ``said`` replaces what the recording says."""
    lake = Lake(root)
    facts: dict[str, object] = {
        "recording_id": RECORDING_ID,
        "clip_sha256": "c" * 64,
        "clip_file": "coach.mp4",
        "athlete_id": "coach-01",
        "movement": "walking_stride",
        "camera_view": "sagittal",
        "role": "reference",
        "frame_rate_hz": 60.0,
        "capture_rate_hz": None,
        "calibration": None,
        "window_start_s": 0.0,
        "verdict": "PASS",
    }
    row = build_rows("recordings", BLUE, 1)
    lake.write(
        "recordings",
        BLUE,
        row.with_columns(
            pl.lit(value).cast(row.schema[name]).alias(name)
            for name, value in (facts | said).items()
        ),
    )
    lake.write("joint_kinematics", BLUE, _build_angles(build_rows))
    return lake


def _build_angles(build_rows: BuildRows) -> pl.DataFrame:
    walk = record_walk()
    seen = {
        name: values
        for name, values in walk.angles_deg.items()
        if np.isfinite(values).any()
    }
    frames = walk.frame_idx.size
    return build_rows("joint_kinematics", BLUE, frames * len(seen)).with_columns(
        recording_id=pl.lit(RECORDING_ID),
        clip_sha256=pl.lit("c" * 64),
        frame_idx=pl.Series(np.repeat(walk.frame_idx, len(seen))),
        time_s=pl.Series(np.repeat(walk.clip_times_s, len(seen))),
        quantity=pl.Series(list(seen) * frames),
        value=pl.Series(np.stack(list(seen.values()), axis=1).ravel()),
        unit=pl.lit("deg"),
    )
