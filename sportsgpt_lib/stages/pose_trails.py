"""Rows of the pose tables to what pictures and plots of an audit show.

Who was taken for the athlete, who else was there, raw beside filtered, and the floor.
Drawing is in ``reporting``.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from sportsgpt_lib.arrays import IntArray
from sportsgpt_lib.pose.repair_audit import LEFT_RIGHT_SWAPPED
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS, keypoint_indices
from sportsgpt_lib.reporting.pose_trail import PoseTrail
from sportsgpt_lib.reporting.repair_plots import RepairSpan
from sportsgpt_lib.reporting.scene import FloorMark, ScenePerson
from sportsgpt_lib.stages.pose_rows import pose_sequence_from_rows

Row = Mapping[str, Any]
_TRACKED = ("frame_idx", "person_idx")
_WORD_TYPE = "<U32"
_FEET = keypoint_indices(
    [f"{side}_{part}" for side in ("left", "right") for part in ("heel", "big_toe")]
)
# Chosen by eye: how far a floor line reaches beyond the feet, in widths of the picture.
_FLOOR_MARGIN_SHARE = 0.02


def select_recording(rows: pl.DataFrame, recording: Row) -> pl.DataFrame:
    """Select the rows of one recording."""
    return rows.filter(pl.col("recording_id") == recording["recording_id"])


def list_taken(athlete_rows: pl.DataFrame) -> list[int]:
    """List the tracks that were taken for the athlete, in ascending order."""
    return [int(idx) for idx in athlete_rows["person_idx"].unique().sort()]


def build_trail(
    athlete_rows: pl.DataFrame,
    tracks: pl.DataFrame,
    repairs: pl.DataFrame,
    clip: Row,
) -> PoseTrail:
    """Put an athlete's filtered pose beside the raw one.

    Parameters
    ----------
    athlete_rows
        Rows of ``athlete_poses`` of one recording.
    tracks
        Rows of ``pose_tracks`` of its clip.
    repairs
        Rows of ``pose_repairs``.
    clip
        A row of ``recordings``, for the size of the picture.
    """
    poses = _build_sequence(athlete_rows, clip)
    seen = tracks.select(*_TRACKED, "keypoint", "x_px", "y_px", "confidence_ratio")
    raw = athlete_rows.select(*_TRACKED, "time_s", "keypoint", "repair").join(
        seen, on=[*_TRACKED, "keypoint"], how="left"
    )
    frames = athlete_rows["frame_idx"].unique().sort().to_numpy()
    places = np.searchsorted(frames, raw["frame_idx"].to_numpy())
    joints = raw["keypoint"].replace_strict(dict(KEYPOINT_INDEX)).to_numpy()
    repair = np.full(poses.confidence.shape, "none", dtype=_WORD_TYPE)
    repair[places, joints] = raw["repair"].to_list()
    raw_px = _build_sequence(raw, clip).positions_px
    swaps = select_recording(repairs, clip).filter(pl.col("rule") == LEFT_RIGHT_SWAPPED)
    return PoseTrail(poses, raw_px, repair, _find_swapped(swaps, frames))


def _find_swapped(swaps: pl.DataFrame, frames: IntArray) -> npt.NDArray[np.bool_]:
    """Find the points ``(T, J)`` whose sides were exchanged, by their records."""
    is_swapped = np.zeros((frames.size, len(KEYPOINTS)), dtype=np.bool_)
    for row in swaps.iter_rows(named=True):
        first, last = row["first_frame_idx"], row["last_frame_idx"]
        places = np.searchsorted(frames, [first, last + 1])
        is_swapped[slice(*places), KEYPOINT_INDEX[row["keypoint"]]] = True
    return is_swapped


def list_people(tracks: pl.DataFrame, clip: Row) -> list[PoseSequence]:
    """List the poses of everybody who was tracked in a clip."""
    return [
        _build_sequence(person, clip)
        for _, person in tracks.group_by("person_idx", maintain_order=True)
    ]


def list_others(
    tracks: pl.DataFrame, athlete_rows: pl.DataFrame, clip: Row
) -> tuple[ScenePerson, ...]:
    """List everybody in the frames in which they were not taken for an athlete."""
    taken = athlete_rows.filter(pl.col("clip_sha256") == clip["clip_sha256"])
    others = tracks.join(taken.select(_TRACKED).unique(), on=_TRACKED, how="anti")
    return tuple(
        ScenePerson(f"person {person_idx}", _build_sequence(person, clip))
        for (person_idx,), person in others.sort(_TRACKED).group_by(
            "person_idx", maintain_order=True
        )
    )


def list_spans(repairs: pl.DataFrame, recording: Row) -> list[RepairSpan]:
    """List the repairs of one recording as plots show them.

    A frame stands for the time until halfway to its neighbours.
    """
    half_s = 0.5 / recording["frame_rate_hz"]
    return [
        RepairSpan(
            row["rule"],
            row["keypoint"],
            row["start_time_s"] - half_s,
            row["end_time_s"] + half_s,
        )
        for row in select_recording(repairs, recording).iter_rows(named=True)
    ]


def find_floor(
    geometry: pl.DataFrame, recording: Row, poses: PoseSequence
) -> FloorMark | None:
    """Find the floor line of one recording along the way that the athlete's feet took.

    Returns None where no floor was seen.
    """
    feet_px = poses.positions_px[:, _FEET, 0]
    if not np.isfinite(feet_px).any():
        return None
    for row in select_recording(geometry, recording).iter_rows(named=True):
        if row["floor_level_px"] is not None:
            slope_deg = row["floor_slope_deg"] or 0.0
            margin_px = _FLOOR_MARGIN_SHARE * recording["width_px"]
            return FloorMark(
                row["floor_level_px"],
                float(np.tan(np.radians(slope_deg))),
                max(float(np.nanmin(feet_px)) - margin_px, 0.0),
                min(float(np.nanmax(feet_px)) + margin_px, recording["width_px"]),
                f"floor {recording['athlete_id']}",
            )
    return None


def _build_sequence(rows: pl.DataFrame, clip: Row) -> PoseSequence:
    return pose_sequence_from_rows(
        rows, width_px=clip["width_px"], height_px=clip["height_px"]
    )
