"""What the parts of a target model must agree on, and what a movement asks of it.

Each function lists problems in words; nothing raises here, so that a reader can tell
every problem of a file, or of a folder, at once.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from sportsgpt_lib.alignment.motion import Leg
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.problem_wording import list_allowed, unknown_name
from sportsgpt_lib.target_models.reference import (
    FULL_PCT,
    LEG_PREFIXES,
    CyclicFile,
    CyclicKeyframe,
    OnceFile,
    RecordedKeyframe,
)

UNIT_SUFFIX = "_deg"
POSITION_COLUMNS = {"cyclic": "cycle_pct", "once": "time_s"}
# A cubic spline through a cycle, and a regression over a movement, need this many.
_MINIMUM_ROWS = 8
# Chosen, see docs/references.md: a cycle whose ends lie farther apart does not repeat.
LARGEST_OPENING_DEG = 10.0

SIDED_ANGLES = tuple(
    name.removeprefix("left_")
    for name, unit in QUANTITY_UNITS.items()
    if unit == "deg" and name.startswith("left_")
)
ANGLES = tuple(name for name, unit in QUANTITY_UNITS.items() if unit == "deg")

Mark = CyclicKeyframe | RecordedKeyframe
PointAt = Callable[[int, str], str]
"""Writes where a key of the keyframe of that number, from 0, stands."""


def list_keyframe_problems(
    movement: Movement, keyframes: Sequence[tuple[str, Leg, float]], point: PointAt
) -> Iterator[str]:
    """List names, legs and order of keyframes that the movement does not allow.

    Parameters
    ----------
    movement
        The movement that the target model shows.
    keyframes
        Name, leg and time of each, in any unit, as the file lists them.
    point
        Writes where a keyframe's key stands.
    """
    known = {keyframe.name: keyframe for keyframe in movement.keyframes}
    seen: set[tuple[str, Leg]] = set()
    for number, (name, leg, _) in enumerate(keyframes):
        definition = known.get(name)
        if definition is None:
            where = point(number, "name")
            yield f"{where} = {name!r} is no keyframe of the movement; " + list_allowed(
                name, known
            )
        elif leg == "other" and (
            "both" in definition.sides or definition.is_own_leg_only
        ):
            yield (
                f"{point(number, 'leg')} = 'other', but only the own leg has "
                f'{name!r}; write leg = "own"'
            )
        if (name, leg) in seen:
            yield (
                f"{point(number, 'name')} = {name!r} of the leg {leg!r} stands there "
                "twice; keep one"
            )
        seen.add((name, leg))
    for number in range(1, len(keyframes)):
        if keyframes[number][2] < keyframes[number - 1][2]:
            yield (
                f"{point(number, 'name')} = {keyframes[number][0]!r} is earlier than "
                f"{keyframes[number - 1][0]!r}, which stands before it; list keyframes "
                "by time, or correct the time that is wrong"
            )


def list_column_problems(file: CyclicFile | OnceFile, name: str) -> Iterator[str]:
    """List columns that are no angles of ``joint_kinematics``, or not of the kind."""
    allowed = [f"{angle}{UNIT_SUFFIX}" for angle in ANGLES]
    if isinstance(file, CyclicFile):
        sided = [f"{angle}{UNIT_SUFFIX}" for angle in SIDED_ANGLES]
        allowed = [f"{leg}_{angle}" for leg in LEG_PREFIXES for angle in sided]
        allowed += sided
        yield from _check_legs(file, name)
    for column in file.quantities:
        if column not in allowed:
            yield unknown_name(name, "quantities", column, allowed)
    for column in sorted(set(file.quantities)):
        if file.quantities.count(column) > 1:
            yield f"{name}: quantities names {column!r} twice; keep one"


def _check_legs(file: CyclicFile, name: str) -> Iterator[str]:
    own, other = (
        {c.removeprefix(f"{leg}_") for c in file.quantities if c.startswith(f"{leg}_")}
        for leg in LEG_PREFIXES
    )
    has_shared = any(not c.startswith(("own_", "other_")) for c in file.quantities)
    if own != other:
        lonely = ", ".join(sorted(own ^ other))
        yield f"{name}: quantities has only one leg's {lonely}; give both legs'"
    if own and has_shared:
        yield f"{name}: quantities mixes one leg's and both legs' columns; choose one"
    if has_shared and file.other_leg_shift_pct is None:
        yield (
            f"{name}: other_leg_shift_pct is missing, so the other leg is unknown; add "
            "it, or give columns own_… and other_…"
        )
    if own and file.other_leg_shift_pct is not None:
        yield f"{name}: other_leg_shift_pct is given besides columns other_…; remove it"


def list_curve_problems(
    file: CyclicFile | OnceFile, rows: FloatArray, name: str
) -> Iterator[str]:
    """List what is wrong with the rows: too few, out of order, or not the whole.

    ``rows`` (T, 1 + Q) are positions, in per cent of the cycle or seconds, and angles.
    """
    column, positions = POSITION_COLUMNS[file.kind], rows[:, 0]
    if positions.size < _MINIMUM_ROWS:
        yield f"{name}: {positions.size} rows; give at least {_MINIMUM_ROWS}"
        return
    stuck = np.flatnonzero(np.diff(positions) <= 0.0)
    if stuck.size:
        line = int(stuck[0]) + 3  # the header, and the row that is not larger
        yield f"{name} line {line}: {column} does not increase; sort the rows by it"
    elif isinstance(file, CyclicFile):
        if positions[0] != 0.0 or positions[-1] != FULL_PCT:
            yield f"{name}: {column} does not run from 0 to 100; give one whole cycle"
        for quantity, first, last in zip(
            file.quantities, rows[0, 1:], rows[-1, 1:], strict=True
        ):
            if abs(last - first) > LARGEST_OPENING_DEG:
                yield (
                    f"{name}: {quantity} is {first:g} in the first row and {last:g} in "
                    "the last, so this is not one whole cycle; correct the rows (at "
                    f"most {LARGEST_OPENING_DEG:g} deg)"
                )
    elif not positions[0] <= file.start_s < file.end_s <= positions[-1]:
        yield (
            f"{name}: {column} runs from {positions[0]:g} to {positions[-1]:g}, the "
            f"movement from {file.start_s:g} to {file.end_s:g} s; it must lie within"
        )
