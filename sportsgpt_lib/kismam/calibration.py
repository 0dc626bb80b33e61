"""The fitted constants of KISMAM, read from ``calibration.toml`` beside this file."""

import functools
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_PATH = Path(__file__).with_name("calibration.toml")


class LinkCalibration(BaseModel):
    """The link from a deviation to how strongly it speaks for an issue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    half_width_tolerances: float = Field(gt=0.0)
    origin: str = Field(min_length=1)


class CertaintyCalibration(BaseModel):
    """How much evidence beyond even odds counts, against evidence up to there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gain_beyond_even_odds: float = Field(ge=1.0)
    origin: str = Field(min_length=1)


class Calibration(BaseModel):
    """Everything that was fitted, with its origin."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    link: LinkCalibration
    certainty: CertaintyCalibration


@functools.cache
def load_calibration() -> Calibration:
    """Load the constants; the file is part of the package."""
    return Calibration.model_validate(tomllib.loads(_PATH.read_text(encoding="utf-8")))
