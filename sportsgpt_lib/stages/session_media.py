"""Overlay video and keyframe pictures of one clip, from the rows of its recordings.

Drawing is in ``reporting``; here rows become what it draws. The guidance reports say
which pictures are wanted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sportsgpt_lib.guidance.report import GuidanceReport, Picture
from sportsgpt_lib.kismam.repetition import KeyframeTime, find_own_side
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.clip_media import ClipFormat, render_clip_media
from sportsgpt_lib.reporting.figures import PagePicture
from sportsgpt_lib.reporting.overlay import KeyframeFlash, OverlayAthlete, Readout
from sportsgpt_lib.reporting.pictures import PictureRequest
from sportsgpt_lib.reporting.wording import write_quantity
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.rules import AtKeyframe, InPhase
from sportsgpt_lib.stages.pose_rows import pose_sequence_from_rows

Row = Mapping[str, Any]
Tables = Mapping[str, pl.DataFrame]

_READOUT = ("left_knee_flexion", "right_knee_flexion")
_NEXT = "next_"
# Chosen: two repetitions may place the instant they share so far apart.
_SAME_INSTANT_S = 0.15
_SHOWN_BY_ONE_INSTANT = ("at_keyframe", "maximum_in_phase", "minimum_in_phase")


@dataclass(frozen=True)
class ClipWork:
    """One clip and its recordings that came through, as rows of ``recordings``."""

    path: Path
    recordings: Sequence[Row]

    @property
    def sha256(self) -> str:
        """SHA-256 of the clip."""
        return str(self.recordings[0]["clip_sha256"])


def render_session_clip(
    work: ClipWork, tables: Tables, overlay_path: Path
) -> list[PagePicture]:
    """Write the overlay video of a clip and make its keyframe pictures.

    Parameters
    ----------
    work
        The clip.
    tables
        Rows of the partition: ``pose_tracks``, ``athlete_poses``, ``joint_kinematics``,
        ``keyframes``, ``kismam_metrics`` and ``guidance_reports``.
    overlay_path
        Where the video goes; it appears whole or not at all.
    """
    first = work.recordings[0]
    poses = {
        row["recording_id"]: _athlete_sequence(tables["athlete_poses"], row)
        for row in work.recordings
    }
    wanted = {
        _picture_key(picture): (picture, metric)
        for picture, metric in _wanted_pictures(work, tables)
    }
    made = render_clip_media(
        work.path,
        ClipFormat(first["width_px"], first["height_px"], first["frame_rate_hz"]),
        [
            OverlayAthlete(
                f"{row['athlete_id']}: {load_movement(row['movement']).title}",
                poses[row["recording_id"]],
                tuple(_flashes(tables["keyframes"], row)),
                _readout(tables["joint_kinematics"], row),
            )
            for row in work.recordings
        ],
        everybody=_everybody(tables["pose_tracks"], first),
        pictures=[
            PictureRequest(
                key,
                poses[picture.recording_id],
                picture.time_s,
                _value_words(metric),
                _drawn_quantity(metric, tables["keyframes"]),
            )
            for key, (picture, metric) in wanted.items()
        ],
        overlay_path=overlay_path,
    )
    return [
        PagePicture(
            wanted[key][0].recording_id,
            wanted[key][0].repetition_idx,
            wanted[key][0].indicator,
            f"{wanted[key][1]['indicator_name']}: {_value_words(wanted[key][1])}, "
            f"{wanted[key][0].time_s:.2f} s into the clip",
            picture.jpeg,
            picture.width_px,
            picture.height_px,
        )
        for key, picture in made.items()
    ]


def _athlete_sequence(poses: pl.DataFrame, row: Row) -> PoseSequence:
    rows = poses.filter(pl.col("recording_id") == row["recording_id"])
    return pose_sequence_from_rows(
        rows, width_px=row["width_px"], height_px=row["height_px"]
    )


def _everybody(tracks: pl.DataFrame, row: Row) -> list[PoseSequence]:
    rows = tracks.filter(pl.col("clip_sha256") == row["clip_sha256"])
    return [
        pose_sequence_from_rows(
            person, width_px=row["width_px"], height_px=row["height_px"]
        )
        for _, person in rows.group_by("person_idx", maintain_order=True)
    ]


def _flashes(keyframes: pl.DataFrame, row: Row) -> Iterator[KeyframeFlash]:
    """List each instant once: the end of one repetition may begin the next."""
    rows = keyframes.filter(pl.col("recording_id") == row["recording_id"])
    shown_at_s: dict[str, float] = {}
    for keyframe in rows.sort("time_s").iter_rows(named=True):
        side = "" if keyframe["side"] == "both" else f"{keyframe['side']} "
        name = keyframe["keyframe"].removeprefix(_NEXT).replace("_", " ")
        time_s = keyframe["time_s"]
        if time_s - shown_at_s.get(side + name, -np.inf) > _SAME_INSTANT_S:
            shown_at_s[side + name] = time_s
            yield KeyframeFlash(time_s, side + name)


def _readout(kinematics: pl.DataFrame, row: Row) -> Readout | None:
    """Read out the knee that was seen more often."""
    rows = kinematics.filter(
        (pl.col("recording_id") == row["recording_id"])
        & pl.col("quantity").is_in(_READOUT)
    )
    seen = rows.drop_nulls("value")["quantity"].value_counts(sort=True)
    if seen.is_empty():
        return None
    quantity = seen["quantity"][0]
    chosen = rows.filter(pl.col("quantity") == quantity).sort("time_s")
    return Readout(
        quantity.replace("_", " "),
        "deg",
        chosen["time_s"].to_numpy(),
        chosen["value"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
    )


def _wanted_pictures(work: ClipWork, tables: Tables) -> Iterator[tuple[Picture, Row]]:
    ours = {row["recording_id"] for row in work.recordings}
    metrics = {
        (row["recording_id"], row["repetition_idx"], row["indicator"]): row
        for row in tables["kismam_metrics"].iter_rows(named=True)
    }
    for text in tables["guidance_reports"]["report"]:
        for fact in GuidanceReport.model_validate_json(text).facts:
            picture = fact.picture
            if picture is not None and picture.recording_id in ours:
                key = (picture.recording_id, picture.repetition_idx, picture.indicator)
                yield picture, metrics[key]


def _picture_key(picture: Picture) -> str:
    return f"{picture.recording_id}-{picture.repetition_idx}-{picture.indicator}"


def _value_words(metric: Row) -> str:
    return write_quantity(metric["value"], metric["unit"], metric["error"])


def _drawn_quantity(metric: Row, keyframes: pl.DataFrame) -> str | None:
    """Find the angle that the picture's instant shows; None where it shows none.

    A difference of sides, a change or a range is no angle that one picture can show.
    """
    movement = load_movement(metric["movement"])
    indicator = next(
        part for part in movement.indicators if part.name == metric["indicator"]
    )
    rule = indicator.rule
    if not isinstance(rule, AtKeyframe | InPhase) or rule.sides == "difference":
        return None
    if rule.measure not in _SHOWN_BY_ONE_INSTANT:
        return None
    return rule.quantity.format(side=_own_side(movement, metric, keyframes))


def _own_side(movement: Movement, metric: Row, keyframes: pl.DataFrame) -> str:
    rows = keyframes.filter(
        (pl.col("recording_id") == metric["recording_id"])
        & (pl.col("repetition_idx") == metric["repetition_idx"])
    )
    times = {
        (row["keyframe"], row["side"]): KeyframeTime(row["time_s"], row["time_error_s"])
        for row in rows.iter_rows(named=True)
    }
    side = find_own_side(movement, times)
    return "left" if side == "both" else side
