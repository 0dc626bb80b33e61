"""The session manifest: what a team says about one training day's footage.

One ``session.toml`` lies beside the clips. This module holds its schema and its
parser. Reading clips and judging them does not belong here (``media``, ``stages``).
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from sportsgpt_lib.errors import SessionError

MANIFEST_NAME = "session.toml"
PSEUDONYM_PATTERN = r"^[a-z0-9][a-z0-9-]{1,31}$"
SHORTEST_ATHLETE_M = 0.5
TALLEST_ATHLETE_M = 2.6

Pseudonym = Annotated[str, StringConstraints(pattern=PSEUDONYM_PATTERN)]
PictureShare = Annotated[float, Field(ge=0, le=1)]
LawfulBasis = Literal[
    "consent",
    "contract",
    "legal_obligation",
    "public_task",
    "legitimate_interests",
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AthleteEntry(_Strict):
    """One athlete, by pseudonym.

    ``height_m`` is the standing height in metres; without it nothing is given in
    metres.
    """

    id: Pseudonym
    height_m: float | None = Field(
        default=None, ge=SHORTEST_ATHLETE_M, le=TALLEST_ATHLETE_M
    )


class RecordingEntry(_Strict):
    """One athlete performing one movement in one clip.

    ``start_s`` and ``end_s`` bound the athlete's part of the clip. ``at`` is the place
    of the athlete's hips when that part starts, as shares of the picture's width and
    height from the upper left corner. ``capture_rate_hz`` is the camera's own rate
    where the clip is played in slow motion.
    """

    file: str
    athlete: Pseudonym
    movement: str
    view: Literal["sagittal", "frontal", "oblique", "unknown"] = "unknown"
    role: Literal["athlete", "reference"] = "athlete"
    capture_rate_hz: float | None = Field(default=None, gt=0)
    start_s: float = Field(default=0.0, ge=0)
    end_s: float | None = Field(default=None, gt=0)
    at: tuple[PictureShare, PictureShare] | None = None

    @field_validator("file")
    @classmethod
    def _normalise_path(cls, file: str) -> str:
        return PurePosixPath(file).as_posix()

    @model_validator(mode="after")
    def _check_window_and_path(self) -> Self:
        if self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError("end_s must be later than start_s")
        path = PurePosixPath(self.file)
        if path.is_absolute() or ".." in path.parts or not path.name:
            raise ValueError("file must lie inside the session folder")
        return self


class SessionManifest(_Strict):
    """One team's training day."""

    team: Pseudonym
    day: date
    lawful_basis: LawfulBasis
    athletes: tuple[AthleteEntry, ...]
    recordings: tuple[RecordingEntry, ...]

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        known = [athlete.id for athlete in self.athletes]
        doubled = sorted({name for name in known if known.count(name) > 1})
        if doubled:
            raise ValueError(f"athletes listed twice: {', '.join(doubled)}")
        strangers = sorted({r.athlete for r in self.recordings} - set(known))
        if strangers:
            raise ValueError(
                f"recordings name athletes that [[athletes]] lacks: "
                f"{', '.join(strangers)}"
            )
        if len(set(self.recordings)) < len(self.recordings):
            raise ValueError("the same recording is listed twice")
        return self

    def height_m(self, athlete_id: str) -> float | None:
        """Look up the standing height in metres; None where it is not stated."""
        heights = {athlete.id: athlete.height_m for athlete in self.athletes}
        return heights.get(athlete_id)


def load_manifest(folder: Path) -> SessionManifest:
    """Read and check the manifest of a session folder.

    Parameters
    ----------
    folder
        The folder that holds ``session.toml`` and the clips.

    Raises
    ------
    SessionError
        There is no manifest, it is no TOML, or it breaks the schema; the error lists
        every problem with key and value.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        raise SessionError(
            str(path),
            "there is no manifest in the session folder",
            f"write one with `sportsgpt session new {folder}` and check it; "
            "the format is in docs/operations.md",
        )
    return parse_manifest(path.read_bytes(), str(path))


def parse_manifest(content: bytes, where: str) -> SessionManifest:
    """Parse the bytes of a manifest; ``where`` names them in errors.

    Raises
    ------
    SessionError
        The bytes are no TOML or break the schema.
    """
    try:
        raw = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SessionError(
            where, "the manifest is not UTF-8 text", "save it as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SessionError(
            where,
            f"the manifest is not TOML: {error}",
            "correct that line; the format is in docs/operations.md",
        ) from error
    try:
        return SessionManifest.model_validate(raw)
    except ValidationError as error:
        raise SessionError(
            where,
            f"the manifest has {error.error_count()} problem(s)",
            "correct the keys named above; the format is in docs/operations.md",
            problems=[_describe(problem) for problem in error.errors()],
        ) from error


def _describe(problem: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in problem["loc"]) or "the whole file"
    message = str(problem["msg"]).removeprefix("Value error, ")
    value = problem["input"]
    if isinstance(value, dict | list | tuple) or problem["type"] == "missing":
        return f"{key}: {message}"
    return f"{key}: {message}; found {value!r}"
