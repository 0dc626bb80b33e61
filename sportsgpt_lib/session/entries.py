"""The schema of a session manifest: its tables and keys, each checked by itself.

What keys say of each other is checked in ``manifest_checks``; texts for wrong values
are in ``manifest_problems``. ``docs/operations.md`` explains every key.
"""

import unicodedata
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from sportsgpt_lib.athlete_groups import AthleteGroup, find_contradiction
from sportsgpt_lib.body_regions import BodyRegion
from sportsgpt_lib.session.calibration import Calibration, PictureShare
from sportsgpt_lib.session.file_names import parse_pattern

PSEUDONYM_PATTERN = r"^[a-z0-9][a-z0-9-]{1,31}$"
CAMERA_ID_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,31}$"
SHORTEST_ATHLETE_M = 0.5
TALLEST_ATHLETE_M = 2.6
UNKNOWN_VIEW = "unknown"

Pseudonym = Annotated[str, StringConstraints(pattern=PSEUDONYM_PATTERN)]
CameraId = Annotated[str, StringConstraints(pattern=CAMERA_ID_PATTERN)]
CameraView = Literal["sagittal", "frontal", "oblique", "unknown"]
LawfulBasis = Literal[
    "consent",
    "contract",
    "legal_obligation",
    "public_task",
    "legitimate_interests",
]


class _Table(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False
    )


class AthleteEntry(_Table):
    """One athlete, by pseudonym.

    ``height_m`` is the standing height in metres, without shoes. ``groups`` decide
    which targets hold for the athlete; empty = not said. ``spare`` names regions of the
    body that training must spare at present, never why; empty = none.
    """

    id: Pseudonym
    height_m: float | None = Field(
        default=None, ge=SHORTEST_ATHLETE_M, le=TALLEST_ATHLETE_M
    )
    groups: tuple[AthleteGroup, ...] = ()
    spare: tuple[BodyRegion, ...] = Field(default=(), repr=False)

    @field_validator("groups")
    @classmethod
    def _check_groups(
        cls, groups: tuple[AthleteGroup, ...]
    ) -> tuple[AthleteGroup, ...]:
        if len(set(groups)) < len(groups):
            raise ValueError("a group is there twice")
        if contradicting := find_contradiction(groups):
            raise ValueError(f"nobody is {' and '.join(contradicting)} at once")
        return groups

    @field_validator("spare")
    @classmethod
    def _check_spare(cls, spare: tuple[BodyRegion, ...]) -> tuple[BodyRegion, ...]:
        if len(set(spare)) < len(spare):
            raise ValueError("a region is there twice")
        return spare


class CameraEntry(_Table):
    """One camera that stood still for the whole day; None = its recordings say."""

    id: CameraId
    view: CameraView | None = None
    capture_rate_hz: float | None = Field(default=None, gt=0)
    calibration: Calibration | None = None


class RecordingEntry(_Table):
    """One athlete performing one movement in one clip, as far as the entry says.

    ``start_s`` and ``end_s`` bound the athlete's part of the clip. ``at`` is the place
    of the athlete's hips when that part starts, as shares of the picture's width and
    height from the upper left corner. ``capture_rate_hz`` is the camera's own rate
    where the clip is played in slow motion. None = not said here; the camera or the
    file's name may say it.
    """

    file: str
    athlete: Pseudonym | None = None
    movement: str | None = None
    view: CameraView | None = None
    camera: CameraId | None = None
    role: Literal["athlete", "reference"] = "athlete"
    capture_rate_hz: float | None = Field(default=None, gt=0)
    calibration: Calibration | None = None
    start_s: float = Field(default=0.0, ge=0)
    end_s: float | None = Field(default=None, gt=0)
    at: tuple[PictureShare, PictureShare] | None = None

    @field_validator("file")
    @classmethod
    def _check_path(cls, file: str) -> str:
        path = PurePosixPath(unicodedata.normalize("NFC", file))
        if "\\" in file:
            raise ValueError("a backslash; write / between folder and file")
        if path.is_absolute() or ".." in path.parts or not path.name:
            raise ValueError("file must lie inside the session folder")
        if any(unicodedata.category(character) == "Cc" for character in file):
            raise ValueError("a control character, such as a line break")
        return path.as_posix()


class FileNames(_Table):
    """What the names of clips tell; see ``file_names``."""

    pattern: str

    @field_validator("pattern")
    @classmethod
    def _check_pattern(cls, pattern: str) -> str:
        parse_pattern(pattern)
        return pattern


class SessionManifest(_Table):
    """One team's training day."""

    team: Pseudonym
    day: date
    lawful_basis: LawfulBasis
    athletes: tuple[AthleteEntry, ...]
    cameras: tuple[CameraEntry, ...] = ()
    recordings: tuple[RecordingEntry, ...] = ()
    file_names: FileNames | None = None

    def height_m(self, athlete_id: str) -> float | None:
        """Look up the standing height in metres; None where it is not stated."""
        heights = {athlete.id: athlete.height_m for athlete in self.athletes}
        return heights.get(athlete_id)

    def groups(self, athlete_id: str) -> tuple[AthleteGroup, ...]:
        """Look up the groups an athlete belongs to; empty where none is stated."""
        groups = {athlete.id: athlete.groups for athlete in self.athletes}
        return groups.get(athlete_id, ())

    def spared_regions(self, athlete_id: str) -> tuple[BodyRegion, ...]:
        """Look up the regions that an athlete's training must spare."""
        spared = {athlete.id: athlete.spare for athlete in self.athletes}
        return spared.get(athlete_id, ())

    def camera(self, camera_id: str | None) -> CameraEntry | None:
        """Look up a camera; None where none is named."""
        return next((c for c in self.cameras if c.id == camera_id), None)
