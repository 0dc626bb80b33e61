"""Reads and checks the two files of a target model.

``<id>.toml`` says what it is, ``<id>.csv`` beside it holds the angles.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import AlignmentInputError, MovementFileError
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.target_models.checks import (
    POSITION_COLUMNS,
    UNIT_SUFFIX,
    list_column_problems,
    list_curve_problems,
    list_keyframe_problems,
)
from sportsgpt_lib.target_models.curve_table import read_curve_table
from sportsgpt_lib.target_models.digest import compute_content_sha256
from sportsgpt_lib.target_models.reference import (
    FULL_PCT,
    LEG_PREFIXES,
    REFERENCE_ID_PATTERN,
    CyclicFile,
    CyclicKeyframe,
    CyclicReference,
    OnceFile,
    RecordedReference,
    Reference,
    ReferenceFile,
)
from sportsgpt_lib.target_models.reference_motion import to_reference_motion
from sportsgpt_lib.target_models.toml_problems import (
    TomlFile,
    describe_schema_problems,
    read_toml,
)

_FILE = TypeAdapter[CyclicFile | OnceFile](ReferenceFile)
SCHEMA_HINT = "the schema is in docs/references.md"


@dataclass(frozen=True)
class ReadReference:
    """What came of reading one target model; ``reference`` is None with problems.

    ``content_sha256`` is the digest of what the files say, whatever they say it is.
    """

    path: Path
    reference: Reference | None
    problems: tuple[str, ...] = ()
    content_sha256: str = ""


def load_reference_file(toml_path: Path, movement: Movement) -> Reference:
    """Load a target model from its TOML file and the CSV file beside it.

    Raises
    ------
    MovementFileError
        It cannot be used; ``problems`` lists everything with file, line and fix.
    """
    read = read_reference(toml_path, movement)
    if read.reference is None:
        raise MovementFileError(
            str(toml_path),
            "the target model cannot be used",
            f"correct each line named above; {SCHEMA_HINT}",
            problems=read.problems,
        )
    return read.reference


def read_reference(
    toml_path: Path, movement: Movement, *, is_sealed: bool = True
) -> ReadReference:
    """Read a target model and everything that is wrong with it; nothing raises.

    ``is_sealed`` False leaves out whether the digest fits, for one being changed.
    """
    file = read_toml(toml_path)
    if file.problem is not None:
        return ReadReference(toml_path, None, (file.problem,))
    problems = []
    if not re.fullmatch(REFERENCE_ID_PATTERN, toml_path.stem):
        problems.append(
            f"{file.name}: the name is no id; use 2 to 64 small letters, digits, _ "
            "and -, beginning with a letter or digit"
        )
    try:
        parsed = _FILE.validate_python(file.tables)
    except ValidationError as error:
        kind = CyclicFile if file.tables.get("kind") == "cyclic" else OnceFile
        problems += describe_schema_problems(file, error.errors(), kind)
        return ReadReference(toml_path, None, tuple(problems))
    problems += _list_file_problems(file, parsed, movement)
    csv_path = toml_path.with_suffix(".csv")
    names = (POSITION_COLUMNS[parsed.kind], *parsed.quantities)
    table = read_curve_table(
        csv_path, names, may_have_gaps=isinstance(parsed, OnceFile)
    )
    problems += table.problems or list_curve_problems(parsed, table.rows, csv_path.name)
    content_sha256 = compute_content_sha256(file.tables, table.text)
    if not problems and is_sealed:
        problems += _list_seal_problems(file, toml_path, parsed, content_sha256)
    if problems:
        return ReadReference(toml_path, None, tuple(problems))
    reference = _build(toml_path.stem, parsed, table.rows)
    try:
        side = "left" if reference.is_cyclic else reference.own_side
        to_reference_motion(reference, side, movement.joint_weights)
    except AlignmentInputError as error:
        problems = [f"{csv_path.name}: {error.found}; {error.fix}", *error.problems]
        return ReadReference(toml_path, None, tuple(problems))
    return ReadReference(toml_path, reference, (), content_sha256)


def _list_file_problems(
    file: TomlFile, parsed: CyclicFile | OnceFile, movement: Movement
) -> list[str]:
    problems = []
    if parsed.movement != movement.name:
        problems.append(
            f"{file.point(('movement',))} = {parsed.movement!r}, but it lies with the "
            f"target models of {movement.name!r}; correct it, or move the file"
        )
    places = [
        (k.name, k.leg, k.cycle_pct if isinstance(k, CyclicKeyframe) else k.time_s)
        for k in parsed.keyframes
    ]
    problems += list_keyframe_problems(
        movement, places, lambda number, key: file.point(("keyframes", number, key))
    )
    if isinstance(parsed, OnceFile):
        problems += [
            f"{file.point(('keyframes', number, 'time_s'))} = {k.time_s:g} lies "
            f"outside start_s to end_s, {parsed.start_s:g} to {parsed.end_s:g}; "
            "correct one of them"
            for number, k in enumerate(parsed.keyframes)
            if not parsed.start_s <= k.time_s <= parsed.end_s
        ]
    return [*problems, *list_column_problems(parsed, file.name)]


def _list_seal_problems(
    file: TomlFile, toml_path: Path, parsed: CyclicFile | OnceFile, found_sha256: str
) -> list[str]:
    if found_sha256 == parsed.content_sha256:
        return []
    return [
        f"{file.point(('content_sha256',))} is not that of the files, so they were "
        f"changed after version {parsed.version}; give them the next version with "
        f"`sportsgpt reference seal {toml_path}`, or restore them"
    ]


def _build(
    reference_id: str, file: CyclicFile | OnceFile, rows: FloatArray
) -> Reference:
    names = tuple(name.removesuffix(UNIT_SUFFIX) for name in file.quantities)
    if isinstance(file, OnceFile):
        return RecordedReference(reference_id, file, names, rows[:, 0], rows[:, 1:])
    cycle_shares = rows[:, 0] / FULL_PCT
    if file.other_leg_shift_pct is not None:
        return CyclicReference(reference_id, file, names, cycle_shares, rows[:, 1:])
    own, other = LEG_PREFIXES
    quantities = tuple(
        name.removeprefix(f"{own}_") for name in names if name.startswith(f"{own}_")
    )
    curves = {
        leg: np.stack(
            [rows[:, 1 + names.index(f"{leg}_{name}")] for name in quantities], axis=1
        )
        for leg in LEG_PREFIXES
    }
    return CyclicReference(
        reference_id, file, quantities, cycle_shares, curves[own], curves[other]
    )
