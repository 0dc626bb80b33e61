"""Overlay video, keyframe pictures and contact sheets of one clip, from rows.

Drawing is in ``reporting``; here rows become what it draws. Which pictures are wanted
is in ``evidence_pictures.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sportsgpt_lib.reporting.clip_media import (
    ClipFormat,
    ClipOrder,
    render_clip_media,
)
from sportsgpt_lib.reporting.contact_sheet import SheetRequest
from sportsgpt_lib.reporting.face_finder import FaceFinder
from sportsgpt_lib.reporting.page_rows import MetricKey
from sportsgpt_lib.reporting.pictures import KeyframePicture
from sportsgpt_lib.reporting.playback import write_playback
from sportsgpt_lib.reporting.scene import (
    KeyframeFlash,
    Readout,
    Scene,
    SceneAthlete,
)
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.evidence_pictures import (
    EvidencePicture,
    list_wanted,
    plan_pictures,
)
from sportsgpt_lib.stages.pose_rows import pose_sequence_from_rows
from sportsgpt_lib.stages.pose_trails import (
    build_trail,
    find_floor,
    list_others,
    list_people,
    list_taken,
    select_recording,
)
from sportsgpt_lib.target_models.library import (
    PACKAGED_REFERENCES,
    ReferenceLibrary,
)

Row = Mapping[str, Any]
Tables = Mapping[str, pl.DataFrame]

_READOUT = ("left_knee_flexion", "right_knee_flexion")
_NEXT = "next_"
# Chosen: two repetitions may place the instant they share so far apart.
_SAME_INSTANT_S = 0.15


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
    """What was made of a clip: frames by their keys, contact sheets by recording."""

    pictures: Mapping[str, KeyframePicture]
    sheets: Mapping[str, bytes]


def render_session_clip(
    work: ClipWork,
    tables: Tables,
    overlay_path: Path | None,
    face_finder: FaceFinder | None = None,
    references: ReferenceLibrary = PACKAGED_REFERENCES,
) -> SessionClipMedia:
    """Write the overlay video of a clip, make keyframe pictures and contact sheets.

    Parameters
    ----------
    work
        The clip.
    tables
        Rows of the partition: ``pose_tracks``, ``athlete_poses`` with those of stopped
        recordings, ``pose_repairs``, ``camera_geometry``, ``joint_kinematics``,
        ``keyframes``, ``kismam_metrics``, ``findings`` and ``guidance_reports``.
    overlay_path
        Where the video goes; it appears whole or not at all. None = no recording came
        through, so that there is no video, and a clip that breaks off is no error.
    face_finder
        What finds the faces of persons who were not tracked.
    references
        Where the target models are.
    """
    first = work.every_recording[0]
    tracks = tables["pose_tracks"].filter(pl.col("clip_sha256") == work.sha256)
    athletes = {
        row["recording_id"]: athlete
        for row in work.every_recording
        if (athlete := _build_athlete(row, tables, tracks)) is not None
    }
    came_through = [athletes[row["recording_id"]] for row in work.recordings]
    wanted = list_evidence(work, tables, list_wanted(tables), references)
    made = render_clip_media(
        work.path,
        ClipFormat(first["width_px"], first["height_px"], first["frame_rate_hz"]),
        ClipOrder(
            scene=_build_scene(first, came_through, work.recordings, tables, tracks),
            everybody=list_people(tracks, first),
            pictures=[
                request for picture in wanted for request in picture.list_requests()
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
    return SessionClipMedia(made.pictures, made.sheets)


def list_evidence(
    work: ClipWork,
    tables: Tables,
    wanted: set[MetricKey],
    references: ReferenceLibrary,
) -> list[EvidencePicture]:
    """List the evidence pictures of a clip's recordings that came through."""
    found: list[EvidencePicture] = []
    for row in work.recordings:
        rows = select_recording(tables["athlete_poses"], row)
        if not rows.is_empty():
            poses = pose_sequence_from_rows(
                rows, width_px=row["width_px"], height_px=row["height_px"]
            )
            found += plan_pictures(row, poses, tables, wanted, references)
    return found


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
