"""Writes a first manifest for a folder of clips, from what the file names tell.

A name such as ``runner-07_walking_stride_sagittal.mp4`` gives athlete, movement and
view. What a name does not tell is written as a comment for a person to fill in.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

from sportsgpt_lib.athlete_groups import ATHLETE_GROUPS
from sportsgpt_lib.body_regions import BODY_REGIONS
from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.clips import find_clips
from sportsgpt_lib.session.entries import PSEUDONYM_PATTERN, CameraView
from sportsgpt_lib.session.manifest import MANIFEST_NAME

VIEWS = ("sagittal", "frontal", "oblique")
UNNAMED_ATHLETE = "athlete-01"
_OFFERED = (
    "",
    "# Where all clips are named alike, their names may tell what is not said below;",
    "# then [[recordings]] are needed only for what a name does not tell.",
    "# [file_names]",
    '# pattern = "{athlete}_{movement}_{view}_{take}"',
    "",
    '# What holds for all clips of one camera; a recording names it: camera = "side"',
    "# [[cameras]]",
    '# id = "side"',
    '# view = "sagittal"',
    "# capture_rate_hz = 240",
    '# calibration = {kind = "object", from = [0.1, 0.9], to = [0.3, 0.9], '
    "length_m = 1}",
)


@dataclass(frozen=True)
class NamedClip:
    """What a file name tells; None where it tells nothing."""

    athlete: str | None
    movement: str | None
    view: str | None


def parse_clip_name(name: str, movements: tuple[str, ...]) -> NamedClip:
    """Read athlete, movement and view out of a file name.

    Parameters
    ----------
    name
        File name such as ``runner-07_walking_stride_sagittal_03.mp4``.
    movements
        Movement names to look for.

    Examples
    --------
    >>> parse_clip_name("runner-07_drop_landing_sagittal.mp4", ("drop_landing",))
    NamedClip(athlete='runner-07', movement='drop_landing', view='sagittal')
    """
    stem = Path(name).stem.lower()
    movement = next((m for m in movements if f"_{m}" in f"_{stem}"), None)
    view = next((v for v in VIEWS if v in stem.split("_")), None)
    first = stem.split("_", maxsplit=1)[0]
    is_pseudonym = re.match(PSEUDONYM_PATTERN, first) and "_" in stem
    athlete = first if movement and is_pseudonym else None
    return NamedClip(athlete, movement, view)


def write_manifest_template(
    folder: Path, team: str, day: date, movements: tuple[str, ...]
) -> Path:
    """Write ``session.toml`` for the clips in a folder.

    Raises
    ------
    SessionError
        A manifest is already there, or the folder holds no clip.
    """
    path = folder / MANIFEST_NAME
    clips = find_clips(folder)
    if path.exists():
        raise SessionError(str(path), "there is a manifest already", "edit it instead")
    if not clips:
        raise SessionError(
            str(folder), "the folder holds no video file", "name the folder of clips"
        )
    path.write_text(_render(clips, team, day, movements), encoding="utf-8")
    return path


def _render(
    clips: tuple[str, ...], team: str, day: date, movements: tuple[str, ...]
) -> str:
    named = {clip: parse_clip_name(clip, movements) for clip in clips}
    athletes = sorted({n.athlete or UNNAMED_ATHLETE for n in named.values()})
    lines = [
        f"team = {_quote(team)}",
        f"day = {day.isoformat()}",
        "# consent, contract, legal_obligation, public_task or legitimate_interests",
        'lawful_basis = ""',
        "",
        f"# movement is one of: {', '.join(movements)}",
        f"# view is one of: {', '.join(get_args(CameraView))}",
        *_OFFERED,
    ]
    for athlete in athletes:
        lines += [
            "",
            "[[athletes]]",
            f"id = {_quote(athlete)}",
            "# height_m = 1.75",
            f"# groups = []  # of: {', '.join(ATHLETE_GROUPS)}",
            f"# spare = []  # of: {', '.join(BODY_REGIONS)}",
        ]
    for clip, facts in named.items():
        lines += [
            "",
            "[[recordings]]",
            f"file = {_quote(clip)}",
            f"athlete = {_quote(facts.athlete or UNNAMED_ATHLETE)}",
            f"movement = {_quote(facts.movement or '')}",
            f"view = {_quote(facts.view or 'unknown')}",
        ]
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    """Write text in TOML's quotes; JSON's are the same but for letters it escapes."""
    return json.dumps(text, ensure_ascii=False)
