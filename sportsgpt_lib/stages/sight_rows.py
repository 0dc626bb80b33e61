"""Sights of persons to rows of ``pose_tracks`` and ``person_sights``.

Only conversion lives here. Text columns are built from a few words each, so that a long
clip costs no list of a million words.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from sportsgpt_lib.pose.sights import Origin, SightArray
from sportsgpt_lib.pose.skeleton import KEYPOINTS

_CHANNELS = ("l", "a", "b")


def build_keypoint_rows(people: Sequence[SightArray]) -> pl.DataFrame:
    """Write the keypoints of everybody, one row for each that the network knows.

    Parameters
    ----------
    people
        Sights ``(T,)`` of each person, in order of time.
    """
    return pl.concat([_keypoint_rows(idx, sights) for idx, sights in enumerate(people)])


def build_sight_rows(people: Sequence[SightArray]) -> pl.DataFrame:
    """Write one row for each sight of each person.

    Parameters
    ----------
    people
        Sights ``(T,)`` of each person, in order of time.
    """
    return pl.concat([_sight_rows(idx, sights) for idx, sights in enumerate(people)])


def _keypoint_rows(person_idx: int, sights: SightArray) -> pl.DataFrame:
    points = sights["points"]  # (T, J, 3)
    is_known = np.isfinite(points[:, :, :2]).all(axis=2)
    frame, joint = np.nonzero(is_known)
    known = points[frame, joint]
    return pl.DataFrame(
        {
            "frame_idx": sights["frame_idx"][frame],
            "time_s": sights["time_s"][frame],
            "keypoint": pl.Series(KEYPOINTS).gather(joint),
            "x_px": np.ascontiguousarray(known[:, 0]),
            "y_px": np.ascontiguousarray(known[:, 1]),
            "confidence_ratio": known[:, 2].clip(0.0, 1.0),
        }
    ).with_columns(person_idx=pl.lit(person_idx, dtype=pl.Int64))


def _sight_rows(person_idx: int, sights: SightArray) -> pl.DataFrame:
    points = sights["points"]
    confidence = np.where(np.isfinite(points[:, :, 0]), points[:, :, 2], np.nan)
    words = pl.Series([origin.name.lower() for origin in Origin])
    rows = pl.DataFrame(
        {
            "frame_idx": np.ascontiguousarray(sights["frame_idx"]),
            "time_s": np.ascontiguousarray(sights["time_s"]),
            "origin": words.gather(sights["origin"]),
            "circle_x_px": sights["circle"][:, 0],
            "circle_y_px": sights["circle"][:, 1],
            "circle_radius_px": sights["circle"][:, 2],
            "mean_confidence_ratio": np.nanmean(confidence, axis=1).clip(0.0, 1.0),
            "brightness_ratio": np.ascontiguousarray(sights["brightness_ratio"]),
            "clipped_ratio": np.ascontiguousarray(sights["clipped_ratio"]),
            "sharpness_ratio": np.ascontiguousarray(sights["sharpness_ratio"]),
            **{
                f"{part}_{channel}": sights[f"{part}_lab"][:, axis]
                for part in ("torso", "thigh")
                for axis, channel in enumerate(_CHANNELS)
            },
        }
    )
    return rows.with_columns(
        pl.col(pl.Float64).fill_nan(None),
        person_idx=pl.lit(person_idx, dtype=pl.Int64),
    )
