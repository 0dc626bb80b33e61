"""Target models: one cycle of a movement as angles, with annotated keyframes.

A target model is ``references/<id>.csv`` with ``<id>.toml`` beside it in a movement's
folder. Reading, checking and sampling them lives here; aligning to them does not.
"""

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import MovementFileError

Leg = Literal["own", "other"]

SPORTS_FOLDER = Path(__file__).resolve().parent.parent / "sports"
_POSITION_COLUMN = "cycle_pct"
_UNIT_SUFFIX = "_deg"
_FULL_PCT = 100.0
_MINIMUM_ROWS = 8


class ReferenceKeyframe(BaseModel):
    """A named instant of the cycle; ``leg`` is the cycle's own leg or the other one.

    ``spread_pct`` is the standard deviation of its place between people, in per cent of
    the cycle: the same angles are not passed by everybody at the same event.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    leg: Leg
    cycle_pct: float = Field(ge=0.0, le=_FULL_PCT)
    spread_pct: float = Field(ge=0.0)


class ReferenceFile(BaseModel):
    """The TOML file of a target model: where it comes from and what it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    level: str
    body_size: str
    origin: str
    licence: str
    how_built: str
    citation: str
    doi: str
    cycle_duration_s: float = Field(gt=0.0)
    other_leg_shift_pct: float = Field(ge=0.0, lt=_FULL_PCT)
    quantities: tuple[str, ...] = Field(min_length=1)
    keyframes: tuple[ReferenceKeyframe, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Reference:
    """One cycle of a movement, ready for alignment.

    ``curves_deg`` (R, Q) are the own leg's angles at ``cycle_shares`` (R,), 0 to 1, of
    the quantities named (without side and unit) in ``quantities``.
    """

    reference_id: str
    file: ReferenceFile
    quantities: tuple[str, ...]
    cycle_shares: FloatArray
    curves_deg: FloatArray

    def sample_deg(self, cycle_shares: FloatArray) -> FloatArray:
        """Sample both legs' angles anywhere in the repeating cycle.

        Parameters
        ----------
        cycle_shares
            Places ``(N,)``, 1 = one cycle; any real number, the cycle repeats.

        Returns
        -------
        Angles ``(N, 2 Q)`` in degrees: the own leg's quantities, then the other's.
        """
        from scipy.interpolate import CubicSpline

        closed = self.curves_deg.copy()
        closed[[0, -1]] = 0.5 * (closed[0] + closed[-1])
        spline = CubicSpline(self.cycle_shares, closed, axis=0, bc_type="periodic")
        shift = self.file.other_leg_shift_pct / _FULL_PCT
        own = spline(np.mod(cycle_shares, 1.0))
        other = spline(np.mod(cycle_shares + shift, 1.0))
        return np.concatenate([own, other], axis=1)


def load_reference(movement: str, reference_id: str) -> Reference:
    """Load one target model of a movement of this package.

    Raises
    ------
    MovementFileError
        A file is missing, does not fit the schema, or its curves are not complete.
    """
    folder = SPORTS_FOLDER / movement / "references"
    return load_reference_file(folder / f"{reference_id}.toml")


def load_reference_file(toml_path: Path) -> Reference:
    """Load a target model from its TOML file and the CSV file beside it."""
    file = _parse_toml(toml_path)
    csv_path = toml_path.with_suffix(".csv")
    columns = _read_columns(csv_path, (_POSITION_COLUMN, *file.quantities))
    cycle_shares = columns[:, 0] / _FULL_PCT
    problems = _list_curve_problems(file, cycle_shares)
    if problems:
        raise MovementFileError(
            str(csv_path),
            "the curves cannot be used",
            "give one whole cycle, from 0 to 100 per cent, in columns that end in _deg",
            problems=problems,
        )
    return Reference(
        reference_id=toml_path.stem,
        file=file,
        quantities=tuple(name.removesuffix(_UNIT_SUFFIX) for name in file.quantities),
        cycle_shares=cycle_shares,
        curves_deg=columns[:, 1:],
    )


def _parse_toml(toml_path: Path) -> ReferenceFile:
    try:
        content = tomllib.loads(toml_path.read_text(encoding="utf-8"))
        return ReferenceFile.model_validate(content)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise MovementFileError(
            str(toml_path), f"it cannot be read ({error})", "restore the file"
        ) from error
    except ValidationError as error:
        raise MovementFileError(
            str(toml_path),
            "it does not fit the schema of a target model",
            "compare it with another target model; the schema is "
            "sportsgpt_lib/alignment/reference.py",
            problems=[
                f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
                for problem in error.errors()
            ],
        ) from error


def _read_columns(csv_path: Path, names: tuple[str, ...]) -> FloatArray:
    try:
        with csv_path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        return np.array([[float(row[name]) for name in names] for row in rows])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise MovementFileError(
            str(csv_path),
            f"a column or a number is missing ({error})",
            f"give a number in every row of the columns {', '.join(names)}",
        ) from error


def _list_curve_problems(file: ReferenceFile, cycle_shares: FloatArray) -> list[str]:
    problems = [
        f"column {name} does not name its unit"
        for name in file.quantities
        if not name.endswith(_UNIT_SUFFIX)
    ]
    if cycle_shares.size < _MINIMUM_ROWS:
        problems.append(
            f"{cycle_shares.size} rows; at least {_MINIMUM_ROWS} are needed"
        )
    elif not np.all(np.diff(cycle_shares) > 0):
        problems.append(f"{_POSITION_COLUMN} does not increase from row to row")
    elif cycle_shares[0] != 0.0 or cycle_shares[-1] != 1.0:
        problems.append(f"{_POSITION_COLUMN} does not run from 0 to 100")
    return problems
