"""Rows of the pose tables to arrays and back.

Only conversion lives here: no filter, no choice, no file.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

Constants = Mapping[str, str | int | float]


def frame_numbers_from_rows(rows: pl.DataFrame) -> IntArray:
    """List the frame indices ``(T,)`` that pose rows cover, ascending."""
    return rows["frame_idx"].unique().sort().to_numpy().astype(np.int64)


def pose_sequence_from_rows(
    rows: pl.DataFrame, *, width_px: int, height_px: int
) -> PoseSequence:
    """Build the pose sequence of one person from pose rows.

    Parameters
    ----------
    rows
        Rows of ``athlete_poses`` of one recording, or of ``pose_tracks`` of one
        person. Frames need not be complete; absent points become NaN.
    width_px, height_px
        Size of the picture, from ``recordings``.

    Returns
    -------
    The sequence, one entry per frame index present in the rows, in time order;
    ``positions_m`` is None where no row holds a position in metres.

    Raises
    ------
    PoseInputError
        There are no rows, or a keypoint is not of the skeleton.
    """
    grid = _Grid(rows)
    positions_m = None
    if "x_m" in rows.columns and rows["x_m"].is_not_null().any():
        positions_m = np.stack(
            [grid.spread("x_m", np.nan), grid.spread("y_m", np.nan)], axis=-1
        )
    return PoseSequence(
        times_s=grid.times_s,
        positions_px=grid.positions_px,
        confidence=grid.spread("confidence_ratio", 0.0),
        positions_m=positions_m,
        width_px=width_px,
        height_px=height_px,
    )


class _Grid:
    """Pose rows of one person as arrays over frames and keypoints.

    Raises
    ------
    PoseInputError
        There are no rows, or a keypoint is not of the skeleton.
    """

    def __init__(self, rows: pl.DataFrame) -> None:
        _refuse_unusable(rows)
        frames = (
            rows.select("frame_idx", "time_s").unique("frame_idx").sort("frame_idx")
        )
        self._rows = rows
        self.frame_idx: IntArray = frames["frame_idx"].to_numpy().astype(np.int64)
        self.times_s: FloatArray = frames["time_s"].to_numpy().astype(np.float64)
        self._frame_places = np.searchsorted(
            self.frame_idx, rows["frame_idx"].to_numpy()
        )
        self._joint_places = (
            rows["keypoint"].replace_strict(dict(KEYPOINT_INDEX)).to_numpy()
        )

    def spread(self, column: str, filler: float) -> FloatArray:
        """Spread a column over frames and keypoints ``(T, J)``."""
        grid = np.full((self.frame_idx.size, len(KEYPOINTS)), filler)
        values = self._rows[column].cast(pl.Float64).fill_null(filler).to_numpy()
        grid[self._frame_places, self._joint_places] = values
        return grid

    @property
    def positions_px(self) -> FloatArray:
        """Image positions ``(T, J, 2)``. NaN = not seen."""
        return np.stack(
            [self.spread("x_px", np.nan), self.spread("y_px", np.nan)], axis=-1
        )


def person_tracks_from_rows(
    rows: pl.DataFrame, sights: pl.DataFrame
) -> dict[int, PersonTrack]:
    """Build the tracks of everybody in a clip, by person number.

    Parameters
    ----------
    rows
        Rows of ``pose_tracks`` of one clip.
    sights
        Its rows of ``person_sights``, for the colours of clothes; persons without any
        have unknown colours.
    """
    tracks = {}
    # One person after the other: a copy of all rows would be large.
    for person_idx in rows["person_idx"].unique(maintain_order=True).to_list():
        grid = _Grid(rows.filter(person_idx=person_idx))
        confidence = grid.spread("confidence_ratio", 0.0)
        tracks[person_idx] = PersonTrack(
            grid.frame_idx,
            grid.times_s,
            np.concatenate(
                [grid.positions_px, confidence[:, :, None]], axis=2
            ),  # (T, J, 3)
            *_read_colours(sights.filter(person_idx=person_idx), grid.frame_idx),
        )
    return tracks


def _read_colours(
    sights: pl.DataFrame, frame_idx: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Read the colours ``(T, 3)`` of trunk and thighs; NaN in frames without any."""
    places = np.searchsorted(frame_idx, sights["frame_idx"].to_numpy())
    spread = []
    for part in ("torso", "thigh"):
        columns = [f"{part}_{channel}" for channel in "lab"]
        known = sights.select(pl.col(columns).cast(pl.Float64).fill_null(np.nan))
        colours = np.full((frame_idx.size, 3), np.nan)
        colours[places] = known.to_numpy()
        spread.append(colours)
    return spread[0], spread[1]


def rows_from_pose_sequence(
    sequence: PoseSequence,
    frame_idx: IntArray,
    repair: Sequence[Sequence[str]],
    constants: Constants,
) -> pl.DataFrame:
    """Write a pose sequence as rows of ``athlete_poses``.

    Parameters
    ----------
    sequence
        The athlete's poses.
    frame_idx
        Index ``(T,)`` of each decoded frame in the clip.
    repair
        For each frame and keypoint the word of the column ``repair``.
    constants
        Columns that are the same in every row, such as ``recording_id``.

    Returns
    -------
    One row per frame and keypoint, unseen points included with null positions.
    """
    frame_count, joint_count = sequence.confidence.shape
    positions_m = (
        np.full_like(sequence.positions_px, np.nan)
        if sequence.positions_m is None
        else sequence.positions_m
    )
    rows = pl.DataFrame(
        {
            "frame_idx": np.repeat(frame_idx.astype(np.int64), joint_count),
            "time_s": np.repeat(sequence.times_s, joint_count),
            "keypoint": pl.Series(KEYPOINTS).gather(
                np.tile(np.arange(joint_count), frame_count)
            ),
            "x_px": sequence.positions_px[:, :, 0].ravel(),
            "y_px": sequence.positions_px[:, :, 1].ravel(),
            "x_m": positions_m[:, :, 0].ravel(),
            "y_m": positions_m[:, :, 1].ravel(),
            "confidence_ratio": sequence.confidence.ravel(),
            "repair": [word for words in repair for word in words],
        }
    )
    return rows.with_columns(
        pl.col("x_px", "y_px", "x_m", "y_m").fill_nan(None),
        *(pl.lit(value).alias(name) for name, value in constants.items()),
    )


def _refuse_unusable(rows: pl.DataFrame) -> None:
    if rows.is_empty():
        raise PoseInputError(
            "pose rows",
            "there is not a single row for this recording",
            "run the stage pose_tracks and look at its verdict",
        )
    unknown = sorted(set(rows["keypoint"].unique()) - set(KEYPOINTS))
    if unknown:
        raise PoseInputError(
            "pose rows",
            f"unknown keypoints {', '.join(unknown)}",
            "use the names in sportsgpt_lib/pose/skeleton.py",
        )
