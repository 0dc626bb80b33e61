"""The annotation that turns a recording into a target model: its schema and template.

A person writes it while looking at the clip. What it says is checked against the
movement here and against the recording in ``building.py``.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from sportsgpt_lib.alignment.motion import Leg
from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.problem_wording import list_allowed
from sportsgpt_lib.sports.quantities import Side
from sportsgpt_lib.target_models.reference import (
    REFERENCE_ID_PATTERN,
    ReferencePart,
    RightToUse,
    Words,
)
from sportsgpt_lib.target_models.toml_problems import (
    TomlFile,
    describe_schema_problems,
    quote_toml,
    read_toml,
)

FORMAT = "the format is in docs/references.md"


class AnnotatedRecording(ReferencePart):
    """Where the recording is: a clip of a session that a run has processed.

    ``athlete`` is needed only where the clip shows several, ``window_start_s`` where
    session.toml has several recordings of one athlete in it: the ``start_s`` there.
    """

    team: Words
    day: date
    clip: Words
    athlete: Words | None = None
    window_start_s: float | None = Field(default=None, ge=0.0)


class AnnotatedKeyframe(ReferencePart):
    """A keyframe, by its time in the clip or by its frame, counted from 0.

    ``spread_s`` is how exactly it is known, as a standard deviation in seconds of the
    movement; None = to the frame.
    """

    name: Words
    leg: Leg = "own"
    time_s: float | None = Field(default=None, ge=0.0)
    frame: int | None = Field(default=None, ge=0)
    spread_s: float | None = Field(default=None, ge=0.0)


class Annotation(ReferencePart):
    """Everything a person says of a target model. Times are those of the clip, in s."""

    id: Annotated[str, StringConstraints(pattern=REFERENCE_ID_PATTERN)]
    movement: Words
    kind: Literal["once", "cyclic"]
    title: Words
    level: Words
    body_size: Words
    licence: Words
    right_to_use: RightToUse
    origin: Words
    recorded_by: Words
    citation: Words | None = None
    doi: Words | None = None
    own_side: Side
    start_s: float | None = Field(default=None, ge=0.0)
    start_frame: int | None = Field(default=None, ge=0)
    end_s: float | None = Field(default=None, ge=0.0)
    end_frame: int | None = Field(default=None, ge=0)
    recording: AnnotatedRecording
    keyframes: tuple[AnnotatedKeyframe, ...] = Field(min_length=1)


@dataclass(frozen=True)
class AnnotationFile:
    """An annotation with the file it stands in, which says where its keys are."""

    file: TomlFile
    annotation: Annotation


def load_annotation(path: Path) -> AnnotationFile:
    """Read an annotation.

    Raises
    ------
    MovementFileError
        It is no TOML or breaks the schema; ``problems`` lists everything with its line.
    """
    file = read_toml(path)
    problems = [] if file.problem is None else [file.problem]
    if not problems:
        try:
            annotation = Annotation.model_validate(file.tables)
            problems = _list_unclear_times(file, annotation)
            if not problems:
                return AnnotationFile(file, annotation)
        except ValidationError as error:
            problems = describe_schema_problems(file, error.errors(), Annotation)
            problems += _list_unknown_keyframes(file)
    raise MovementFileError(
        str(path),
        f"the annotation has {len(problems)} problem{'s' if len(problems) > 1 else ''}",
        f"correct each line named above; {FORMAT}",
        problems=problems,
    )


def _list_unknown_keyframes(file: TomlFile) -> list[str]:
    """List keyframes that the movement lacks, in a file that breaks the schema."""
    if file.tables.get("movement") not in movement_names():
        return []
    movement = load_movement(file.tables["movement"])
    known = [keyframe.name for keyframe in movement.keyframes]
    tables = file.tables.get("keyframes")
    return [
        f"{file.point(('keyframes', number, 'name'))} = {table['name']!r} is no "
        f"keyframe of the movement; {list_allowed(table['name'], known)}"
        for number, table in enumerate(tables if isinstance(tables, list) else [])
        if isinstance(table, dict) and table.get("name", known[0]) not in known
    ]


def _list_unclear_times(file: TomlFile, annotation: Annotation) -> list[str]:
    """List instants that are given twice, or neither by time nor by frame."""
    instants = [
        (("start_s",), annotation.start_s, annotation.start_frame),
        (("end_s",), annotation.end_s, annotation.end_frame),
        *(
            (("keyframes", number, "time_s"), mark.time_s, mark.frame)
            for number, mark in enumerate(annotation.keyframes)
        ),
    ]
    problems = []
    for place, time_s, frame in instants:
        if (time_s is None) == (frame is None):
            key = str(place[-1])
            by_frame = "frame" if key == "time_s" else key.replace("_s", "_frame")
            count = "neither" if time_s is None else "both"
            where = file.point(place if time_s is not None else (*place[:-1], key))
            problems.append(
                f"{where}: {count} of {key} and {by_frame} are given; give one of them"
            )
    return problems


def build_template(
    movement: Movement, recording: AnnotatedRecording | None = None
) -> str:
    """Write an annotation to be filled in, with the movement's keyframes.

    ``recording`` None = its keys are left for the person to fill in.
    """
    has_sides = any("both" not in keyframe.sides for keyframe in movement.keyframes)
    team, day, clip, athlete = (
        (recording.team, str(recording.day), recording.clip, recording.athlete)
        if recording
        else ("", "2026-01-15", "", None)
    )
    lines = [
        '# A target model from a recording of role "reference"; docs/references.md',
        "# explains every key. Fill it in, then: sportsgpt reference add THIS-FILE",
        'id = ""  # small letters, digits, _ and -: the name of its files',
        f'movement = "{movement.name}"',
        'kind = "once"  # "cyclic" for one cycle of a movement that repeats',
        'title = ""',
        'level = ""  # of the person, such as "national squad, U20"',
        'body_size = ""  # such as "adult, 1.82 m", or "unknown"',
        'licence = ""  # for the use of the angles, such as "internal use only"',
        'right_to_use = ""  # consent, contract, licence or published_facts',
        'origin = ""  # where and how it was filmed; no name of a person',
        'recorded_by = ""  # the organisation that filmed it',
        f'own_side = "{"left" if has_sides else "both"}"'
        + ("  # the leg that the keyframes call their own" if has_sides else ""),
        "start_s = 0.0  # seconds in the clip as played; or start_frame, from 0",
        "end_s = 0.0  # or end_frame",
        "",
        "[recording]",
        f"team = {quote_toml(team)}",
        f"day = {day}",
        f"clip = {quote_toml(clip)}",
    ]
    if athlete is not None:
        lines.append(f"athlete = {quote_toml(athlete)}")
    lines += [
        "",
        "# In the order of their times; take out those that it does not show.",
    ]
    for keyframe in movement.keyframes:
        lines += [
            "",
            "[[keyframes]]",
            f'name = "{keyframe.name}"  # {keyframe.meaning}',
            *(['leg = "own"  # or "other"'] if "both" not in keyframe.sides else []),
            "time_s = 0.0  # or frame",
        ]
    return "\n".join(lines) + "\n"
