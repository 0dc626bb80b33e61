"""Target models: how a movement is done, as angles with annotated keyframes.

What a target model is and what its TOML file says lives here. Reading and checking
files is in ``files.py``, finding them in ``library.py``, making them from a recording
in ``building.py``. See ``docs/references.md``.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from sportsgpt_lib.alignment.motion import Leg
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.sports.quantities import Side

RightToUse = Literal["published_facts", "licence", "consent", "contract"]
"""What allows the use: facts of a publication, an open licence, or a person's word."""

SCHEMA_VERSION = 2
FULL_PCT = 100.0
LEG_PREFIXES: tuple[Leg, Leg] = ("own", "other")

# Letters that are safe in a file's name on every system, and in a table's cell.
REFERENCE_ID_PATTERN = r"^[a-z0-9][a-z0-9_-]{1,63}$"

_SHA256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# No control character besides tab and new line: a terminal shows what files say.
Words = Annotated[
    str,
    StringConstraints(
        min_length=1, strip_whitespace=True, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
    ),
]
# What a table's column of whole numbers holds.
_LARGEST_VERSION = 2**31 - 1
# Chosen: beyond what a body does; what lies outside is a slip in the unit.
_SHORTEST_CYCLE_S, _LONGEST_S = 0.01, 3600.0


class ReferencePart(BaseModel):
    """What every table of a target model's file refuses: unknown keys, infinities."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CyclicKeyframe(ReferencePart):
    """A named instant of the cycle; ``leg`` is the cycle's own leg or the other one.

    ``spread_pct`` is the standard deviation of its place between people, in per cent of
    the cycle: the same angles are not passed by everybody at the same event.
    """

    name: str
    leg: Leg
    cycle_pct: float = Field(ge=0.0, le=FULL_PCT)
    spread_pct: float = Field(ge=0.0, le=FULL_PCT)


class RecordedKeyframe(ReferencePart):
    """A named instant of a recording, in seconds of the movement from its start."""

    name: str
    leg: Leg
    time_s: float
    spread_s: float = Field(ge=0.0, le=_LONGEST_S)


class RecordingFacts(ReferencePart):
    """What a target model was measured on; no name and no picture of anybody.

    ``frame_rate_hz`` is in pictures per second of the movement, slow motion taken out.
    """

    clip_sha256: _SHA256
    frame_rate_hz: float = Field(gt=0.0)
    camera_view: Literal["sagittal"]
    pose_model: Words
    pose_weights_sha256: Words
    kinematics_version: Words


class _ReferenceFile(ReferencePart):
    """What both kinds of target models say of themselves."""

    schema_version: Literal[2]
    version: int = Field(ge=1, le=_LARGEST_VERSION)
    content_sha256: _SHA256
    movement: Words
    title: Words
    level: Words
    body_size: Words
    licence: Words
    right_to_use: RightToUse
    origin: Words
    how_built: Words
    citation: Words | None = None
    doi: Words | None = None
    recorded_by: Words | None = None
    quantities: tuple[str, ...] = Field(min_length=1)
    recording: RecordingFacts | None = None

    @model_validator(mode="after")
    def _name_source(self) -> "_ReferenceFile":
        if self.citation is None and self.recorded_by is None:
            raise ValueError("neither citation nor recorded_by says who measured it")
        return self


class CyclicFile(_ReferenceFile):
    """One cycle that repeats, such as a stride.

    ``other_leg_shift_pct`` None = the other leg has columns of its own.
    """

    kind: Literal["cyclic"]
    cycle_duration_s: float = Field(ge=_SHORTEST_CYCLE_S, le=_LONGEST_S)
    other_leg_shift_pct: float | None = Field(default=None, ge=0.0, lt=FULL_PCT)
    keyframes: tuple[CyclicKeyframe, ...] = Field(min_length=1)


class OnceFile(_ReferenceFile):
    """A movement done once, with what was filmed before and after it.

    ``own_side`` is the side that keyframes call their own; ``both`` = no side leads.
    """

    kind: Literal["once"]
    own_side: Side
    start_s: float
    end_s: float
    keyframes: tuple[RecordedKeyframe, ...] = Field(min_length=1)


ReferenceFile = Annotated[CyclicFile | OnceFile, Field(discriminator="kind")]


class _Versioned:
    """What names one state of a target model, whatever its kind."""

    reference_id: str
    file: CyclicFile | OnceFile

    @property
    def version(self) -> int:
        """Number of the version; a changed target model has a larger one."""
        return self.file.version

    @property
    def sha256(self) -> str:
        """Digest of everything the target model says."""
        return self.file.content_sha256

    @property
    def versioned_id(self) -> str:
        """Id and version, such as ``schwartz2008_free@1``."""
        return f"{self.reference_id}@{self.version}"


@dataclass(frozen=True)
class CyclicReference(_Versioned):
    """One cycle of a movement, ready for alignment.

    ``quantities`` are named without side and unit. ``curves_deg`` ``(R, Q)`` are the
    own leg's angles at ``cycle_shares`` ``(R,)``, 0 to 1; ``other_curves_deg`` the
    other leg's, None where they are the same curves later in the cycle.
    """

    reference_id: str
    file: CyclicFile
    quantities: tuple[str, ...]
    cycle_shares: FloatArray
    curves_deg: FloatArray
    other_curves_deg: FloatArray | None = None

    is_cyclic: ClassVar[bool] = True
    own_side: ClassVar[Side] = "both"

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
        own = self._sample(self.curves_deg, cycle_shares)
        if self.other_curves_deg is not None:
            other = self._sample(self.other_curves_deg, cycle_shares)
        else:
            shift = (self.file.other_leg_shift_pct or 0.0) / FULL_PCT
            other = self._sample(self.curves_deg, cycle_shares + shift)
        return np.concatenate([own, other], axis=1)

    def _sample(self, curves_deg: FloatArray, cycle_shares: FloatArray) -> FloatArray:
        from scipy.interpolate import CubicSpline

        closed = curves_deg.copy()
        closed[[0, -1]] = 0.5 * (closed[0] + closed[-1])
        spline = CubicSpline(self.cycle_shares, closed, axis=0, bc_type="periodic")
        sampled: FloatArray = spline(np.mod(cycle_shares, 1.0))
        return sampled


@dataclass(frozen=True)
class RecordedReference(_Versioned):
    """A movement recorded once, ready for alignment.

    ``quantities`` are named as in ``joint_kinematics``, with side and without unit.
    ``angles_deg`` ``(T, Q)`` are their angles at ``times_s`` ``(T,)``, which may begin
    before the movement's start and end after its end. NaN = not seen.
    """

    reference_id: str
    file: OnceFile
    quantities: tuple[str, ...]
    times_s: FloatArray
    angles_deg: FloatArray

    is_cyclic: ClassVar[bool] = False

    @property
    def own_side(self) -> Side:
        """The side that keyframes call their own."""
        return self.file.own_side


Reference = CyclicReference | RecordedReference
