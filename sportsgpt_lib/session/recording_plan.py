"""Which recordings a session holds: the manifest's entries, completed.

What an entry does not say is taken from its camera, and what neither says from the
clip's name. Clips that no entry names become recordings where a pattern for names is
given and their names say enough. Nothing is opened here.
"""

import difflib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from sportsgpt_lib.session.calibration import Calibration
from sportsgpt_lib.session.entries import (
    UNKNOWN_VIEW,
    CameraEntry,
    CameraView,
    RecordingEntry,
    SessionManifest,
)
from sportsgpt_lib.session.file_names import (
    NameFacts,
    NameMisfit,
    NameRule,
    read_name,
)
from sportsgpt_lib.session.folder_files import (
    FolderFiles,
    Refusal,
    find_finished_name,
    list_reported,
    show_name,
)
from sportsgpt_lib.session.manifest import MANIFEST_NAME

# Chosen: comparing one name with another takes 0.04 ms; who misspelt more names than
# this made the same mistake in each.
_MOST_HINTS, _MOST_COMPARED = 50, 500
VIEWS: tuple[str, ...] = get_args(CameraView)


@dataclass(frozen=True)
class PlannedRecording:
    """One recording with all that was said of it, wherever it was said.

    ``file`` is the path as it lies on the disk, for a missing file as the manifest has
    it. ``disagreement`` names what the clip's name says otherwise. ``refusal`` is given
    where the recording cannot be worked on; ``athlete`` and ``movement`` are None only
    then.
    """

    file: str
    entry: RecordingEntry
    athlete: str | None
    movement: str | None
    view: str = UNKNOWN_VIEW
    camera: str | None = None
    capture_rate_hz: float | None = None
    calibration: Calibration | None = None
    disagreement: str | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True)
class SessionPlan:
    """The recordings of a session, and why clips that no entry names are none."""

    recordings: tuple[PlannedRecording, ...]
    unnamed: dict[str, Refusal]


def plan_recordings(
    manifest: SessionManifest, files: FolderFiles, movements: tuple[str, ...]
) -> SessionPlan:
    """Complete the entries of a manifest and find the recordings that names tell.

    Parameters
    ----------
    manifest
        The session's manifest.
    files
        What lies in its folder.
    movements
        Names of the movements that are defined.
    """
    rule = _build_rule(manifest, movements)
    folder = _look_up_names(manifest, files)
    recordings = [
        _complete(manifest, entry, folder, rule) for entry in manifest.recordings
    ]
    listed = {recording.file for recording in recordings}
    unnamed: dict[str, Refusal] = {}
    for name in files.clips:
        if name in listed:
            continue
        facts = None if rule is None else read_name(name, rule)
        if isinstance(facts, NameFacts) and facts.athlete and facts.movement:
            entry = RecordingEntry(file=unicodedata.normalize("NFC", name))
            recordings.append(_from_facts(manifest, entry, name, facts))
        else:
            unnamed[name] = _not_named(name, facts, rule)
    return SessionPlan(tuple(recordings), unnamed)


def foresee_stops(
    plan: SessionPlan, files: FolderFiles, movements: tuple[str, ...]
) -> list[tuple[str, Refusal]]:
    """Tell which files and entries would be stopped, before any clip is opened."""
    stops = [*list_reported(files), *plan.unnamed.items()]
    for recording in plan.recordings:
        if recording.refusal is not None:
            stops.append((recording.file, recording.refusal))
        elif recording.movement not in movements:
            refusal = refuse_movement(str(recording.movement), movements)
            stops.append((recording.file, refusal))
    return sorted(set(stops), key=lambda stop: stop[0])


def refuse_movement(movement: str, movements: tuple[str, ...]) -> Refusal:
    """Refuse a movement that is not defined, and name the nearest that is."""
    nearest = difflib.get_close_matches(movement, movements, n=1)
    hint = f"set movement = {nearest[0]!r}" if nearest else "correct `movement`"
    return Refusal(
        "REJECT",
        "unknown_movement",
        f"movement {movement!r} is not defined; allowed: {', '.join(movements)}",
        f"{hint} in {MANIFEST_NAME}",
    )


def _build_rule(
    manifest: SessionManifest, movements: tuple[str, ...]
) -> NameRule | None:
    if manifest.file_names is None:
        return None
    return NameRule(
        manifest.file_names.pattern,
        {
            "athlete": tuple(athlete.id for athlete in manifest.athletes),
            "movement": movements,
            "view": VIEWS,
            "camera": tuple(camera.id for camera in manifest.cameras),
        },
    )


@dataclass(frozen=True)
class _Folder:
    """The files of a session, by composed name, and what misspelt names may mean."""

    files: FolderFiles
    on_disk: dict[str, str]
    nearest: dict[str, str]


def _look_up_names(manifest: SessionManifest, files: FolderFiles) -> _Folder:
    names = [*files.clips, *files.others]
    on_disk = _by_composed_name([*files.others, *files.clips])
    missing = [r.file for r in manifest.recordings if r.file not in on_disk]
    nearest: dict[str, str] = {}
    for file in list(dict.fromkeys(missing))[:_MOST_HINTS]:
        near = difflib.get_close_matches(file, names[:_MOST_COMPARED], n=1)
        nearest.update({file: near[0]} if near else {})
    return _Folder(files, on_disk, nearest)


def _by_composed_name(names: list[str]) -> dict[str, str]:
    """Find files by composed letters: some systems store é as e and an accent."""
    found: dict[str, str] = {}
    for name in names:
        composed = unicodedata.normalize("NFC", name)
        if composed == name or composed not in found:
            found[composed] = name
    return found


def _complete(
    manifest: SessionManifest,
    entry: RecordingEntry,
    folder: _Folder,
    rule: NameRule | None,
) -> PlannedRecording:
    name = folder.on_disk.get(entry.file)
    if name is None:
        refusal = folder.files.find_refusal(entry.file) or _missing(entry.file, folder)
        return PlannedRecording(
            entry.file, entry, entry.athlete, entry.movement, refusal=refusal
        )
    facts = NameFacts() if rule is None else read_name(name, rule)
    if isinstance(facts, NameFacts):
        return _from_facts(manifest, entry, name, facts)
    if entry.athlete is None or entry.movement is None:
        refusal = _misfit(name, facts, rule)
        return PlannedRecording(
            name, entry, entry.athlete, entry.movement, refusal=refusal
        )
    return _from_facts(manifest, entry, name, NameFacts())


def _from_facts(
    manifest: SessionManifest, entry: RecordingEntry, name: str, facts: NameFacts
) -> PlannedRecording:
    camera_id = entry.camera or facts.camera
    camera = manifest.camera(camera_id) or CameraEntry(id="none")
    stated_view = entry.view or camera.view
    return PlannedRecording(
        name,
        entry,
        entry.athlete or facts.athlete,
        entry.movement or facts.movement,
        stated_view or facts.view or UNKNOWN_VIEW,
        camera_id,
        entry.capture_rate_hz or camera.capture_rate_hz,
        entry.calibration or camera.calibration,
        "; ".join(_disagreements(entry, stated_view, facts)) or None,
    )


def _disagreements(
    entry: RecordingEntry, stated_view: str | None, facts: NameFacts
) -> Iterator[str]:
    for what, stated, told in (
        ("athlete", entry.athlete, facts.athlete),
        ("movement", entry.movement, facts.movement),
        ("view", stated_view, facts.view),
        ("camera", entry.camera, facts.camera),
    ):
        if stated and told and stated != told:
            yield f"its name says {what} {told}, {MANIFEST_NAME} says {stated}"


def _missing(file: str, folder: _Folder) -> Refusal:
    for name, refusal in folder.files.refused.items():
        if find_finished_name(name) == file:
            return refusal
    near = folder.nearest.get(file)
    hint = f"; the nearest is {show_name(near)}" if near else ""
    return Refusal(
        "REJECT",
        "file_missing",
        f"{MANIFEST_NAME} names {file}, but there is no such file{hint}",
        "add the file to the session folder, or correct the entry's `file`",
    )


def _not_named(
    name: str, facts: NameFacts | NameMisfit | None, rule: NameRule | None
) -> Refusal:
    if rule is not None and isinstance(facts, NameMisfit):
        return _misfit(name, facts, rule)
    untold = ""
    if rule is not None:
        lacking = [p for p in ("athlete", "movement") if f"{{{p}}}" not in rule.pattern]
        untold = f", and names of the pattern {rule.pattern} do not tell the "
        untold += " and the ".join(lacking)
    return Refusal(
        "QUARANTINE",
        "not_in_manifest",
        f"{name} lies in the session folder, but {MANIFEST_NAME} does not name it"
        f"{untold}",
        f"add a [[recordings]] entry for it to {MANIFEST_NAME}, or take it away",
    )


def _misfit(name: str, misfit: NameMisfit, rule: NameRule | None) -> Refusal:
    pattern = rule.pattern if rule else ""
    return Refusal(
        "QUARANTINE",
        "name_does_not_fit",
        f"the name {name} does not fit the pattern {pattern}: {misfit.found}; "
        f"allowed: {misfit.allowed}",
        f"rename the file, or say the rest in a [[recordings]] entry of "
        f"{MANIFEST_NAME}",
    )
