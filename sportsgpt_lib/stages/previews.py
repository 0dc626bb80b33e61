"""Small pictures of a partition for the Dagster page: a curve and a stick figure.

Neither shows a person's likeness: no pixel of the clip is in them.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sportsgpt_lib.reporting.plots import Curve, Instant, plot_curve
from sportsgpt_lib.reporting.stick_figure import draw_stick_figure
from sportsgpt_lib.stages.alignment_pictures import draw_alignment
from sportsgpt_lib.stages.pose_rows import pose_sequence_from_rows

_QUANTITIES = ("left_knee_flexion", "right_knee_flexion")


@dataclass(frozen=True)
class Preview:
    """A PNG file's bytes, and what it shows."""

    png: bytes
    words: str


def preview_curve(kinematics: pl.DataFrame, keyframes: pl.DataFrame) -> Preview | None:
    """Plot a knee of the first recording with its keyframes; None without rows."""
    rows = kinematics.filter(pl.col("quantity").is_in(_QUANTITIES)).drop_nulls("value")
    if rows.is_empty():
        return None
    recording_id = min(rows["recording_id"])
    rows = rows.filter(pl.col("recording_id") == recording_id)
    quantity = rows["quantity"].value_counts(sort=True)["quantity"][0]
    chosen = kinematics.filter(
        (pl.col("recording_id") == recording_id) & (pl.col("quantity") == quantity)
    ).sort("time_s")
    instants = keyframes.filter(pl.col("recording_id") == recording_id)
    words = f"{quantity.replace('_', ' ')}, recording {recording_id}"
    curve = Curve(
        words,
        "deg",
        chosen["time_s"].to_numpy(),
        chosen["value"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
    )
    marks = [
        Instant(row["time_s"], row["keyframe"].replace("_", " "))
        for row in instants.filter(pl.col("repetition_idx") == 0).iter_rows(named=True)
    ]
    return Preview(plot_curve(curve, marks), words)


def preview_alignment(paths: pl.DataFrame, keyframes: pl.DataFrame) -> Preview | None:
    """Draw the aligned repetition that costs most; None where none was aligned."""
    aligned = keyframes.drop_nulls("alignment_cost")
    if aligned.is_empty():
        return None
    worst = aligned.sort("alignment_cost", descending=True).row(0, named=True)
    is_it = (pl.col("recording_id") == worst["recording_id"]) & (
        pl.col("repetition_idx") == worst["repetition_idx"]
    )
    words = (
        f"worst match of the partition: recording {worst['recording_id']}, repetition "
        f"{worst['repetition_idx'] + 1}, cost {worst['alignment_cost']:.2f}"
    )
    return Preview(
        draw_alignment(paths.filter(is_it), aligned.filter(is_it), words), words
    )


def preview_pose(poses: pl.DataFrame, recordings: pl.DataFrame) -> Preview | None:
    """Draw the best seen pose of the first recording; None without rows."""
    if poses.is_empty():
        return None
    recording_id = min(poses["recording_id"])
    (facts,) = recordings.filter(pl.col("recording_id") == recording_id).to_dicts()
    sequence = pose_sequence_from_rows(
        poses.filter(pl.col("recording_id") == recording_id),
        width_px=facts["width_px"],
        height_px=facts["height_px"],
    )
    best = int(np.argmax(sequence.confidence.sum(axis=1)))
    return Preview(
        draw_stick_figure(sequence.positions_px[best]),
        f"recording {recording_id} at {sequence.times_s[best]:.2f} s",
    )
