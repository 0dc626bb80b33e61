"""Overlay video, keyframe pictures and contact sheets of one clip, from rows.

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
from sportsgpt_lib.reporting.clip_media import (
    ClipFormat,
    ClipOrder,
    render_clip_media,
)
from sportsgpt_lib.reporting.contact_sheet import SheetRequest
from sportsgpt_lib.reporting.face_finder import FaceFinder
from sportsgpt_lib.reporting.figures import PagePicture
from sportsgpt_lib.reporting.pictures import PictureRequest
from sportsgpt_lib.reporting.playback import write_playback
from sportsgpt_lib.reporting.scene import (
    KeyframeFlash,
    Readout,
    Scene,
    SceneAthlete,
)
from sportsgpt_lib.reporting.wording import write_quantity
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.quantities import exchange_side
from sportsgpt_lib.sports.rules import AtKeyframe, InPhase
from sportsgpt_lib.stages.pose_trails import (
    build_trail,
    find_floor,
    list_others,
    list_people,
    list_taken,
    select_recording,
)

Row = Mapping[str, Any]
Tables = Mapping[str, pl.DataFrame]

_READOUT = ("left_knee_flexion", "right_knee_flexion")
_NEXT = "next_"
# Chosen: two repetitions may place the instant they share so far apart.
_SAME_INSTANT_S = 0.15
_SHOWN_BY_ONE_INSTANT = ("at_keyframe", "maximum_in_phase", "minimum_in_phase")


@dataclass(frozen=True)
class ClipWork:
    """One clip: recordings that came through, and stopped ones, as ``recordings`` rows.

    Pictures for an audit are made of both, all else of those that came through.
    """

    path: Path
    recordings: Sequence[Row]
    stopped: Sequence[Row] = ()

    @property
    def every_recording(self) -> tuple[Row, ...]:
        """All recordings of the clip; at least one."""
        return (*self.recordings, *self.stopped)

    @property
    def sha256(self) -> str:
        """SHA-256 of the clip."""
        return str(self.every_recording[0]["clip_sha256"])


@dataclass(frozen=True)
class SessionClipMedia:
    """What was made of a clip: keyframe pictures, and contact sheets by recording."""

    pictures: list[PagePicture]
    sheets: Mapping[str, bytes]


def render_session_clip(
    work: ClipWork,
    tables: Tables,
    overlay_path: Path | None,
    face_finder: FaceFinder | None = None,
) -> SessionClipMedia:
    """Write the overlay video of a clip, make keyframe pictures and contact sheets.

    Parameters
    ----------
    work
        The clip.
    tables
        Rows of the partition: ``pose_tracks``, ``athlete_poses`` with those of stopped
        recordings, ``pose_repairs``, ``camera_geometry``, ``joint_kinematics``,
        ``keyframes``, ``kismam_metrics`` and ``guidance_reports``.
    overlay_path
        Where the video goes; it appears whole or not at all. None = no recording came
        through, so that there is no video, and a clip that breaks off is no error.
    face_finder
        What finds the faces of persons who were not tracked.
    """
    first = work.every_recording[0]
    tracks = tables["pose_tracks"].filter(pl.col("clip_sha256") == work.sha256)
    athletes = {
        row["recording_id"]: athlete
        for row in work.every_recording
        if (athlete := _build_athlete(row, tables, tracks)) is not None
    }
    came_through = [athletes[row["recording_id"]] for row in work.recordings]
    wanted = {
        _picture_key(picture): (picture, metric)
        for picture, metric in _wanted_pictures(work, tables)
    }
    made = render_clip_media(
        work.path,
        ClipFormat(first["width_px"], first["height_px"], first["frame_rate_hz"]),
        ClipOrder(
            scene=_build_scene(first, came_through, work.recordings, tables, tracks),
            everybody=list_people(tracks, first),
            pictures=[
                PictureRequest(
                    key,
                    athletes[picture.recording_id].poses,
                    picture.time_s,
                    _value_words(metric),
                    _drawn_quantity(metric, tables["keyframes"]),
                )
                for key, (picture, metric) in wanted.items()
            ],
            sheets=[
                _build_sheet(row, athletes.get(row["recording_id"]), tables, tracks)
                for row in work.every_recording
            ],
            overlay_path=overlay_path,
            face_finder=face_finder,
            may_break_off=overlay_path is None,
        ),
    )
    pictures = [
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
        for key, picture in made.pictures.items()
    ]
    return SessionClipMedia(pictures, made.sheets)


def _build_athlete(
    row: Row, tables: Tables, tracks: pl.DataFrame
) -> SceneAthlete | None:
    """Build what is drawn of one recording's athlete; None where there is no pose."""
    rows = select_recording(tables["athlete_poses"], row)
    if rows.is_empty():
        return None
    trail = build_trail(rows, tracks, tables["pose_repairs"], row)
    number = " and ".join(f"person {idx}" for idx in list_taken(rows))
    return SceneAthlete(
        f"{row['athlete_id']} · {number}",
        trail.poses,
        tuple(_flashes(tables["keyframes"], row)),
        _readout(tables["joint_kinematics"], row),
        trail,
        find_floor(tables["camera_geometry"], row, trail.poses),
    )


def _build_scene(
    clip: Row,
    athletes: Sequence[SceneAthlete],
    recordings: Sequence[Row],
    tables: Tables,
    tracks: pl.DataFrame,
) -> Scene:
    taken = tables["athlete_poses"].filter(
        pl.col("recording_id").is_in([row["recording_id"] for row in recordings])
    )
    return Scene(
        tuple(athletes),
        list_others(tracks, taken, clip),
        write_playback(clip["frame_rate_hz"], clip["capture_rate_hz"]),
    )


def _build_sheet(
    row: Row, athlete: SceneAthlete | None, tables: Tables, tracks: pl.DataFrame
) -> SheetRequest:
    end_s = row["window_end_s"]
    athletes = [] if athlete is None else [athlete]
    return SheetRequest(
        row["recording_id"],
        f"{row['athlete_id']}: {load_movement(row['movement']).title}",
        row["window_start_s"],
        row["duration_s"] if end_s is None else min(end_s, row["duration_s"]),
        _build_scene(row, athletes, [row], tables, tracks),
        is_veiled=tracks.is_empty(),
    )


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
    drawn = rule.quantity.format(side=_own_side(movement, metric, keyframes))
    return exchange_side(drawn) if rule.sides == "other" else drawn


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
