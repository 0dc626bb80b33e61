"""Finds the processed recording that an annotation speaks of, and gives its angles.

A recording of role ``reference`` is processed as far as ``joint_kinematics`` and no
further: an exemplar is no athlete under study. What is made of its angles is in
``sportsgpt_lib/target_models/building.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.sports.problem_wording import list_allowed
from sportsgpt_lib.stages.joint_kinematics import read_quantities
from sportsgpt_lib.stages.recordings import subject_from_row
from sportsgpt_lib.stages.runner import find_stopped, join_verdicts
from sportsgpt_lib.stages.slow_motion import compute_slow_motion_factor
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import JOINT_KINEMATICS, RECORDINGS, STAGES
from sportsgpt_lib.target_models.annotation import AnnotationFile
from sportsgpt_lib.target_models.annotation_checks import RecordedAngles
from sportsgpt_lib.target_models.checks import ANGLES

Row = Mapping[str, Any]


@dataclass(frozen=True)
class FoundRecording:
    """The angles of an annotated recording, or what stands in the way of them."""

    angles: RecordedAngles | None
    problems: tuple[str, ...] = ()


def find_recording(lake: Lake, annotated: AnnotationFile) -> FoundRecording:
    """Find the angles of the recording that an annotation names.

    Parameters
    ----------
    lake
        Where runs put their tables.
    annotated
        Its ``[recording]`` names team, day and clip.
    """
    wanted = annotated.annotation.recording
    point = annotated.file.point
    try:
        partition = PartitionKey(wanted.team, wanted.day)
    except SessionError as error:
        return FoundRecording(
            None, (f"{point(('recording', 'team'))}: {error.found}; {error.fix}",)
        )
    if not lake.has(RECORDINGS, partition):
        return FoundRecording(
            None,
            (
                f"{point(('recording', 'day'))}: no run has processed team "
                f"{wanted.team} on {wanted.day}; correct it, or start `sportsgpt run "
                f"--day {wanted.day} --team {wanted.team}`",
            ),
        )
    rows = lake.read(RECORDINGS, partition).to_dicts()
    chosen, problems = _choose_row(annotated, rows)
    if chosen is None:
        return FoundRecording(None, tuple(problems))
    problems += _list_unfit(annotated, chosen)
    kinematics = _read_kinematics(lake, partition, str(chosen["recording_id"]))
    if kinematics.is_empty():
        problems.append(_say_stopped(lake, partition, chosen))
    if problems:
        return FoundRecording(None, tuple(problems))
    return FoundRecording(_take_angles(chosen, kinematics))


def _choose_row(
    annotated: AnnotationFile, rows: Sequence[Row]
) -> tuple[Row | None, list[str]]:
    """Choose the one recording of the clip, and of the athlete where it is named."""
    wanted, point = annotated.annotation.recording, annotated.file.point
    of_clip = [row for row in rows if row["clip_file"] == wanted.clip]
    if not of_clip:
        clips = sorted({str(row["clip_file"]) for row in rows})
        where = point(("recording", "clip"))
        allowed = list_allowed(wanted.clip, clips)
        return None, [f"{where} = {wanted.clip!r} is no clip of that day; {allowed}"]
    if wanted.athlete is not None:
        athletes = sorted({str(row["athlete_id"]) for row in of_clip})
        of_clip = [row for row in of_clip if row["athlete_id"] == wanted.athlete]
        if not of_clip:
            where = point(("recording", "athlete"))
            allowed = list_allowed(wanted.athlete, athletes)
            return None, [f"{where} = {wanted.athlete!r} is not in it; {allowed}"]
    if wanted.window_start_s is not None:
        of_clip = [
            row
            for row in of_clip
            if np.isclose(row["window_start_s"], wanted.window_start_s)
        ]
    exemplars = [row for row in of_clip if row["role"] == "reference"] or of_clip
    fitting = [
        row for row in exemplars if row["movement"] == annotated.annotation.movement
    ] or exemplars
    if len(fitting) == 1:
        return fitting[0], []
    found = ", ".join(
        f"{row['athlete_id']} from {row['window_start_s']:g} s" for row in fitting
    )
    return None, [
        f"{point(('recording', 'clip'))} = {wanted.clip!r} is in "
        f"{len(fitting)} recordings ({found or 'none starts there'}); name one with "
        "athlete and window_start_s"
    ]


def _list_unfit(annotated: AnnotationFile, row: Row) -> list[str]:
    """List why a recording cannot become this target model."""
    annotation, point = annotated.annotation, annotated.file.point
    where = point(("recording", "clip"))
    problems = []
    if row["role"] != "reference":
        problems.append(
            f"{where}: the recording's role is {row['role']!r}; write role = "
            '"reference" for it in session.toml and run that day again'
        )
    if row["movement"] != annotation.movement:
        problems.append(
            f"{point(('movement',))} = {annotation.movement!r}, but the recording "
            f"is of {row['movement']!r}; correct it here or in session.toml"
        )
    if row["camera_view"] != "sagittal":
        problems.append(
            f"{where}: the camera's view is {row['camera_view']!r}; angles of a target "
            'model are those of a side view: write view = "sagittal" in session.toml '
            "if it is one, else film from the side"
        )
    return problems


def _read_kinematics(
    lake: Lake, partition: PartitionKey, recording_id: str
) -> pl.DataFrame:
    if not lake.has(JOINT_KINEMATICS, partition):
        return pl.DataFrame()
    stored = lake.load(JOINT_KINEMATICS, partition)
    return stored.read(pl.col("recording_id") == recording_id)


def _say_stopped(lake: Lake, partition: PartitionKey, row: Row) -> str:
    """Say why a recording has no angles, in the words of the stage that stopped it."""
    verdicts = find_stopped(join_verdicts(lake, partition, STAGES))
    own = verdicts.filter(pl.col("subject_id") == row["recording_id"]).to_dicts()
    if not own:
        return (
            f"{row['clip_file']}: its angles were not computed yet; let the run of "
            "that day finish"
        )
    return (
        f"{row['clip_file']}: it was stopped at {own[0]['stage']}: {own[0]['reason']}; "
        f"{own[0]['fix']}"
    )


def _take_angles(row: Row, kinematics: pl.DataFrame) -> RecordedAngles:
    subject = subject_from_row(dict(row))
    frame_idx, clip_times_s, values = read_quantities(kinematics)
    factor = compute_slow_motion_factor(subject)
    first = kinematics.row(0, named=True)
    return RecordedAngles(
        frame_idx=frame_idx,
        clip_times_s=clip_times_s,
        angles_deg={name: values[name] for name in ANGLES},
        slow_motion_factor=factor,
        frame_rate_hz=subject.frame_rate_hz * factor,
        clip_sha256=subject.clip_sha256,
        pose_model=first["pose_model"],
        pose_weights_sha256=first["pose_weights_sha256"],
        kinematics_version=first["code_version"],
    )
