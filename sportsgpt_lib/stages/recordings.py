"""The first stage: a session folder in, rows of ``training.recordings`` out.

It opens every clip once, says what it is and whether it may go on. Clips of the folder
that the manifest does not name are judged too, so that nothing is lost silently.
"""

import difflib
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from sportsgpt_lib.errors import ClipError, SessionError
from sportsgpt_lib.media.clip import ClipFacts
from sportsgpt_lib.session.clips import (
    compute_clip_sha256,
    compute_recording_id,
    find_clips,
)
from sportsgpt_lib.session.manifest import (
    MANIFEST_NAME,
    RecordingEntry,
    SessionManifest,
)
from sportsgpt_lib.stages.contract import PASS, Subject, Verdict
from sportsgpt_lib.stages.verdict_rows import verdict_frame, verdict_row

STAGE_NAME = "recordings"
CODE_VERSION = "1"
MISSING_FILE_ID = "missing"

ProbeClip = Callable[[Path], ClipFacts]


@dataclass(frozen=True)
class SessionRows:
    """Rows of ``training.recordings`` and the verdicts on every clip of the folder."""

    recordings: pl.DataFrame
    verdicts: pl.DataFrame


@dataclass(frozen=True)
class _ProbedClip:
    sha256: str
    facts: ClipFacts | None
    verdict: Verdict


def compute_recordings(
    folder: Path,
    manifest: SessionManifest,
    movements: tuple[str, ...],
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
        Names of the movements that are defined.
    probe_clip
        Reads a clip's facts; raises ClipError for one that cannot be used.

    Returns
    -------
    One row per recording of the manifest whose file exists, whatever its verdict, and
    one verdict per recording and per clip that the manifest does not name.
    """
    clips = {name: _probe(folder / name, probe_clip) for name in find_clips(folder)}
    listed = {entry.file for entry in manifest.recordings}
    for name in sorted(listed - clips.keys()):
        if (folder / name).is_file():
            clips[name] = _probe(folder / name, probe_clip)
    verdicts = [
        verdict_row(STAGE_NAME, name, clips[name].sha256, None, _unlisted(name))
        for name in sorted(clips.keys() - listed)
    ]
    rows: dict[str, dict[str, object]] = {}
    for entry in manifest.recordings:
        clip = clips.get(entry.file)
        content = _missing_content(entry) if clip is None else clip.sha256
        subject_id = _recording_id(entry, content)
        if clip is None:
            verdict = _missing(entry.file)
        elif subject_id in rows:
            verdict = _repeated(entry, str(rows[subject_id]["clip_file"]))
            subject_id = _recording_id(entry, f"{clip.sha256} in {entry.file}")
        else:
            verdict = _judge(entry, clip, movements)
            rows[subject_id] = _recording_row(manifest, entry, clip, verdict)
        verdicts.append(
            verdict_row(STAGE_NAME, entry.file, subject_id, entry.athlete, verdict)
        )
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


def subject_from_row(row: dict[str, object]) -> Subject:
    """Build the typed subject from a row of ``training.recordings`` that may go on."""
    hint_x, hint_y = row["athlete_hint_x_ratio"], row["athlete_hint_y_ratio"]
    hint = None if hint_x is None or hint_y is None else (hint_x, hint_y)
    fields = {name: row[name] for name in Subject.__dataclass_fields__ if name in row}
    return Subject(**fields, athlete_hint=hint)  # type: ignore[arg-type]


def _probe(path: Path, probe_clip: ProbeClip) -> _ProbedClip:
    try:
        sha256 = compute_clip_sha256(path)
    except OSError as error:
        verdict = Verdict(
            "REJECT",
            "unreadable_file",
            f"{path.name} cannot be read ({error.strerror})",
            "give the pipeline's account the right to read it, or send it again",
        )
        return _ProbedClip(
            hashlib.sha256(path.name.encode()).hexdigest(), None, verdict
        )
    try:
        return _ProbedClip(sha256, probe_clip(path), PASS)
    except ClipError as error:
        verdict = Verdict("REJECT", error.reason_code, error.found, error.fix)
        return _ProbedClip(sha256, None, verdict)


def _unlisted(name: str) -> Verdict:
    return Verdict(
        "QUARANTINE",
        "not_in_manifest",
        f"{name} lies in the session folder, but {MANIFEST_NAME} does not name it",
        f"add a [[recordings]] entry for it to {MANIFEST_NAME}, or take it away",
    )


def _missing(name: str) -> Verdict:
    return Verdict(
        "REJECT",
        "file_missing",
        f"{MANIFEST_NAME} names {name}, but there is no such file",
        "add the file to the session folder, or correct the entry's `file`",
    )


def _judge(
    entry: RecordingEntry, clip: _ProbedClip, movements: tuple[str, ...]
) -> Verdict:
    if clip.facts is None:
        return clip.verdict
    if entry.movement not in movements:
        nearest = difflib.get_close_matches(entry.movement, movements, n=1)
        hint = f"set movement = {nearest[0]!r}" if nearest else "correct `movement`"
        return Verdict(
            "REJECT",
            "unknown_movement",
            f"movement {entry.movement!r} is not defined; allowed: "
            f"{', '.join(movements)}",
            f"{hint} in {MANIFEST_NAME}",
        )
    if entry.start_s >= clip.facts.duration_s:
        return Verdict(
            "REJECT",
            "window_outside_clip",
            f"the recording starts at {entry.start_s} s, the clip lasts "
            f"{clip.facts.duration_s:.2f} s",
            f"correct start_s in {MANIFEST_NAME}",
        )
    return clip.verdict


def _recording_id(entry: RecordingEntry, content: str) -> str:
    return compute_recording_id(
        content, entry.athlete, entry.movement, entry.start_s, entry.end_s
    )


def _missing_content(entry: RecordingEntry) -> str:
    return f"{MISSING_FILE_ID}: {entry.file}"


def _repeated(entry: RecordingEntry, first_file: str) -> Verdict:
    return Verdict(
        "REJECT",
        "duplicate_recording",
        f"{entry.file} shows the same recording as {first_file}: equal content, "
        "athlete, movement and time window",
        f"keep one of the two entries in {MANIFEST_NAME}; where both files are meant, "
        "one was copied or sent wrongly",
    )


def _keep_first(
    verdicts: Iterable[dict[str, str | None]],
) -> list[dict[str, str | None]]:
    """Keep one verdict for each subject of a file: the first that was given."""
    kept: dict[tuple[str | None, str | None], dict[str, str | None]] = {}
    for row in verdicts:
        kept.setdefault((row["clip_file"], row["subject_id"]), row)
    return list(kept.values())


def _recording_row(
    manifest: SessionManifest,
    entry: RecordingEntry,
    clip: _ProbedClip,
    verdict: Verdict,
) -> dict[str, object]:
    facts = clip.facts
    hint_x, hint_y = entry.at or (None, None)
    return {
        "recording_id": _recording_id(entry, clip.sha256),
        "clip_sha256": clip.sha256,
        "clip_file": entry.file,
        "athlete_id": entry.athlete,
        "movement": entry.movement,
        "camera_view": entry.view,
        "role": entry.role,
        "lawful_basis": manifest.lawful_basis,
        "athlete_height_m": manifest.height_m(entry.athlete),
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
        "capture_rate_hz": entry.capture_rate_hz,
        "frame_count": facts and facts.frame_count,
        "duration_s": facts and facts.duration_s,
        "verdict": verdict.word,
        "reason_code": verdict.reason_code,
    }
