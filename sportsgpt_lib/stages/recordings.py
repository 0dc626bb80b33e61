"""The first stage: a session folder in, rows of ``training.recordings`` out.

It opens every clip once, says what it is and whether it may go on. Clips of the folder
that the manifest does not name are judged too, so that nothing is lost silently.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.calibration import Calibration
from sportsgpt_lib.session.clips import compute_recording_id
from sportsgpt_lib.session.entries import SessionManifest
from sportsgpt_lib.session.file_heads import find_hidden_videos
from sportsgpt_lib.session.folder_files import (
    Refusal,
    list_reported,
    look_through,
    show_name,
)
from sportsgpt_lib.session.manifest import MANIFEST_NAME
from sportsgpt_lib.session.recording_plan import (
    PlannedRecording,
    plan_recordings,
)
from sportsgpt_lib.stages.clip_probe import (
    ProbeClip,
    ProbedClip,
    name_without_content,
    probe_safely,
)
from sportsgpt_lib.stages.contract import Subject, Verdict
from sportsgpt_lib.stages.recording_verdicts import (
    KnownMovements,
    describe_copy,
    describe_repeated,
    judge_recording,
    verdict_of,
)
from sportsgpt_lib.stages.verdict_rows import verdict_frame, verdict_row

STAGE_NAME = "recordings"
CODE_VERSION = "4"
MISSING_FILE_ID = "missing"

VerdictRow = dict[str, str | None]


@dataclass(frozen=True)
class SessionRows:
    """Rows of ``training.recordings`` and the verdicts on every clip of the folder."""

    recordings: pl.DataFrame
    verdicts: pl.DataFrame


def compute_recordings(
    folder: Path,
    manifest: SessionManifest,
    movements: KnownMovements,
    probe_clip: ProbeClip,
) -> SessionRows:
    """Describe and judge every clip of a session folder.

    Parameters
    ----------
    folder
        The session folder.
    manifest
        Its manifest.
    movements
        The movements that are defined, and which of them cannot be used.
    probe_clip
        Reads a clip's facts; raises ClipError for one that cannot be used.

    Returns
    -------
    One row per recording whose file exists and whose athlete and movement are said,
    whatever its verdict; and one verdict per recording, and per file that has the name
    of a clip and is part of none.
    """
    files = look_through(folder)
    plan = plan_recordings(manifest, files, movements.names)
    planned = [r.file for r in plan.recordings if r.refusal is None]
    names = dict.fromkeys([*planned, *files.clips])
    clips = {name: probe_safely(folder / name, probe_clip) for name in names}
    # What may go on comes first, so that a wrong entry never stands in its way.
    usable, others = _split_usable(plan.recordings, clips, movements)
    copies = _find_copies(clips, usable)
    listed = {r.file for r in plan.recordings}
    verdicts = [
        _file_row(name, name_without_content(name), verdict_of(refusal))
        for name, refusal in list_reported(files)
        if name not in listed
    ]
    verdicts += [
        _file_row(name, clips[name].sha256, _judge_unnamed(name, refusal, copies))
        for name, refusal in plan.unnamed.items()
    ]
    verdicts += [
        _file_row(name, name_without_content(name), verdict_of(refusal))
        for name, refusal in find_hidden_videos(folder, files, listed)
    ]
    rows: dict[str, dict[str, object]] = {}
    for recording in (*usable, *others):
        judged = _judge_planned(recording, clips, copies, movements, rows)
        verdicts.append(
            verdict_row(
                STAGE_NAME,
                show_name(recording.file),
                judged.subject_id,
                recording.athlete,
                judged.verdict,
            )
        )
        if judged.clip is not None:
            rows[judged.subject_id] = _recording_row(manifest, recording, judged)
    return SessionRows(
        pl.DataFrame(list(rows.values()), infer_schema_length=None),
        verdict_frame(_keep_first(verdicts)),
    )


def check_partition(manifest: SessionManifest, team_id: str, day: date) -> None:
    """Check that a manifest belongs to the partition it is processed for.

    Raises
    ------
    SessionError
        Team or day differ.
    """
    if (manifest.team, manifest.day) != (team_id, day):
        raise SessionError(
            MANIFEST_NAME,
            f"the manifest is of team {manifest.team} on {manifest.day}, its folder "
            f"of team {team_id} on {day}",
            "correct team and day in the manifest, or move the folder",
        )


def subject_from_row(row: dict[str, Any]) -> Subject:
    """Build the typed subject from a row of ``training.recordings`` that may go on."""
    hint_x, hint_y = row["athlete_hint_x_ratio"], row["athlete_hint_y_ratio"]
    fields = {name: row[name] for name in Subject.__dataclass_fields__ if name in row}
    calibration = fields.pop("calibration", None)
    groups = fields.pop("athlete_groups", None)
    return Subject(
        **fields,
        athlete_hint=None if hint_x is None or hint_y is None else (hint_x, hint_y),
        calibration=None if calibration is None else Calibration.from_json(calibration),
        athlete_groups=frozenset(json.loads(groups) if groups else ()),
    )


@dataclass(frozen=True)
class _Judged:
    """A recording's identity and verdict; ``clip`` is None where it gets no row."""

    subject_id: str
    verdict: Verdict
    clip: ProbedClip | None = None


def _judge_planned(
    recording: PlannedRecording,
    clips: Mapping[str, ProbedClip],
    copies: Mapping[str, str],
    movements: KnownMovements,
    rows: Mapping[str, Mapping[str, object]],
) -> _Judged:
    if recording.refusal is not None:
        there = clips.get(recording.file)
        content = (
            f"{MISSING_FILE_ID}: {recording.file}" if there is None else there.sha256
        )
        subject_id = _recording_id(recording, content)
        return _Judged(subject_id, verdict_of(recording.refusal))
    clip = clips[recording.file]
    subject_id = _recording_id(recording, clip.sha256)
    if subject_id in rows:
        verdict = describe_repeated(recording.file, str(rows[subject_id]["clip_file"]))
        return _Judged(
            _recording_id(recording, f"{clip.sha256} in {recording.file}"), verdict
        )
    if first := copies.get(recording.file):
        return _Judged(subject_id, describe_copy(recording.file, first), clip)
    return _Judged(subject_id, judge_recording(recording, clip, movements), clip)


def _judge_unnamed(name: str, refusal: Refusal, copies: Mapping[str, str]) -> Verdict:
    first = copies.get(name)
    return verdict_of(refusal) if first is None else describe_copy(name, first)


def _split_usable(
    recordings: Iterable[PlannedRecording],
    clips: Mapping[str, ProbedClip],
    movements: KnownMovements,
) -> tuple[list[PlannedRecording], list[PlannedRecording]]:
    """Split recordings into those that may go on by themselves and the others."""
    usable: list[PlannedRecording] = []
    others: list[PlannedRecording] = []
    for recording in recordings:
        may_go_on = (
            recording.refusal is None
            and judge_recording(recording, clips[recording.file], movements).lets_go_on
        )
        (usable if may_go_on else others).append(recording)
    return usable, others


def _find_copies(
    clips: Mapping[str, ProbedClip], usable: Iterable[PlannedRecording]
) -> dict[str, str]:
    """Find clips that hold the same bytes as another one; gives that one.

    The one that counts is the first that may go on; without such a one, the first.
    """
    first: dict[str, str] = {}
    for name in dict.fromkeys([*(r.file for r in usable), *clips]):
        if clips[name].facts is not None:
            first.setdefault(clips[name].sha256, name)
    return {
        name: first[clip.sha256]
        for name, clip in clips.items()
        if clip.facts is not None and first[clip.sha256] != name
    }


def _file_row(name: str, subject_id: str, verdict: Verdict) -> VerdictRow:
    return verdict_row(STAGE_NAME, show_name(name), subject_id, None, verdict)


def _recording_id(recording: PlannedRecording, content: str) -> str:
    return compute_recording_id(
        content,
        recording.athlete or "",
        recording.movement or "",
        recording.entry.start_s,
        recording.entry.end_s,
    )


def _keep_first(verdicts: Iterable[VerdictRow]) -> list[VerdictRow]:
    """Keep one verdict for each subject of a file: the first that was given."""
    kept: dict[tuple[str | None, str | None], VerdictRow] = {}
    for row in verdicts:
        kept.setdefault((row["clip_file"], row["subject_id"]), row)
    return list(kept.values())


def _recording_row(
    manifest: SessionManifest, recording: PlannedRecording, judged: _Judged
) -> dict[str, object]:
    clip, entry, calibration = judged.clip, recording.entry, recording.calibration
    facts = clip and clip.facts
    hint_x, hint_y = entry.at or (None, None)
    return {
        "recording_id": judged.subject_id,
        "clip_sha256": clip and clip.sha256,
        "clip_file": recording.file,
        "athlete_id": recording.athlete,
        "movement": recording.movement,
        "camera_view": recording.view,
        "camera_id": recording.camera,
        "calibration": calibration and calibration.to_json(),
        "role": entry.role,
        "lawful_basis": manifest.lawful_basis,
        "athlete_height_m": manifest.height_m(str(recording.athlete)),
        "athlete_groups": _write_words(manifest.groups(str(recording.athlete))),
        "spared_regions": _write_words(manifest.spared_regions(str(recording.athlete))),
        "window_start_s": entry.start_s,
        "window_end_s": entry.end_s,
        "athlete_hint_x_ratio": hint_x,
        "athlete_hint_y_ratio": hint_y,
        "codec": facts and facts.codec,
        "width_px": facts and facts.width_px,
        "height_px": facts and facts.height_px,
        "rotation_deg": facts and facts.rotation_deg,
        "frame_rate_hz": facts and facts.frame_rate_hz,
        "has_variable_frame_rate": facts and facts.has_variable_frame_rate,
        "is_interlaced": facts and facts.is_interlaced,
        "is_hdr": facts and facts.is_hdr,
        "capture_rate_hz": recording.capture_rate_hz,
        "frame_count": facts and facts.frame_count,
        "duration_s": facts and facts.duration_s,
        "verdict": judged.verdict.word,
        "reason_code": judged.verdict.reason_code,
    }


def _write_words(words: Sequence[str]) -> str | None:
    return json.dumps(sorted(words)) if words else None
