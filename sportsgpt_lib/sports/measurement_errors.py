"""How exactly each quantity can be measured from one camera, as data.

The numbers and their sources are in ``measurement_errors.toml``.
"""

import functools
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.kinematics.quantities import UNITS_WITH_RATES
from sportsgpt_lib.sports.definition import OWN_RECORDS, Source
from sportsgpt_lib.sports.problem_wording import unknown_name
from sportsgpt_lib.sports.quantities import RULE_QUANTITY_UNITS

MEASUREMENT_ERRORS_PATH = Path(__file__).resolve().with_name("measurement_errors.toml")


class QuantityError(BaseModel):
    """Standard uncertainty that several quantities share, and where it comes from.

    ``rate_error`` is that of the rate per second; what has rates needs one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...] = Field(min_length=1)
    unit: str
    error: float = Field(ge=0.0)
    source: str
    rate_error: float | None = Field(default=None, gt=0.0)
    rate_source: str | None = None


class MeasurementErrors(BaseModel):
    """The content of ``measurement_errors.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, Source]
    quantities: tuple[QuantityError, ...]


def name_rate(rule_quantity: str) -> str:
    """Name the rate of a quantity among the errors."""
    return f"rate of {rule_quantity}"


@functools.cache
def load_measurement_errors() -> dict[str, float]:
    """Load the standard uncertainty of every quantity, by its rule name.

    That of a rate stands under the name that ``name_rate`` gives it.

    Raises
    ------
    MovementFileError
        The file breaks its schema, or a quantity has no entry.
    """
    return parse_measurement_errors(MEASUREMENT_ERRORS_PATH)


def parse_measurement_errors(path: Path) -> dict[str, float]:
    """Read a file of measurement errors and check it against the known quantities."""
    try:
        file = MeasurementErrors.model_validate(
            tomllib.loads(path.read_text(encoding="utf-8"))
        )
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise MovementFileError(
            str(path), f"it breaks its schema ({error})", "compare docs/sports.md"
        ) from error
    problems = _list_problems(file)
    if problems:
        raise MovementFileError(
            str(path),
            "the errors do not fit the known quantities",
            "correct each line named above",
            problems=problems,
        )
    errors = {name: entry.error for entry in file.quantities for name in entry.names}
    return errors | {
        name_rate(name): entry.rate_error
        for entry in file.quantities
        for name in entry.names
        if entry.rate_error is not None
    }


def _list_rate_problems(name_of_file: str, entry: QuantityError) -> list[str]:
    names = ", ".join(entry.names)
    if entry.unit in UNITS_WITH_RATES and entry.rate_error is None:
        return [f"{name_of_file}: {names}: rate_error is missing"]
    if (entry.rate_error is None) != (entry.rate_source is None):
        return [f"{name_of_file}: {names}: rate_error and rate_source go together"]
    return []


def _list_problems(file: MeasurementErrors) -> list[str]:
    name_of_file = MEASUREMENT_ERRORS_PATH.name
    problems: list[str] = []
    named: list[str] = []
    for entry in file.quantities:
        for key in ("source", "rate_source"):
            source = getattr(entry, key)
            if source is not None and source not in (*OWN_RECORDS, *file.sources):
                problems.append(unknown_name(name_of_file, key, source, file.sources))
        problems += _list_rate_problems(name_of_file, entry)
        for name in entry.names:
            unit = RULE_QUANTITY_UNITS.get(name)
            if unit is None:
                problems.append(
                    unknown_name(name_of_file, "names", name, RULE_QUANTITY_UNITS)
                )
            elif unit != entry.unit:
                problems.append(
                    f"{name_of_file}: {name} is in {unit}, not {entry.unit}"
                )
            if name in named:
                problems.append(f"{name_of_file}: {name} stands there twice")
            named.append(name)
    problems += [
        f"{name_of_file}: {name} is missing"
        for name in RULE_QUANTITY_UNITS
        if name not in named
    ]
    return problems
