"""One measured indicator of one repetition, with all that its picture is made from.

It holds data and how a measurement reads; what a picture shows is planned in
``evidence_plan.py``, written in ``evidence_words.py`` and drawn in
``evidence_figures.py``.
"""

from dataclasses import dataclass

from sportsgpt_lib.kismam.repetition import Repetition
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.distance_marks import PictureScale
from sportsgpt_lib.reporting.evidence_shots import EvidencePlan, Shot
from sportsgpt_lib.reporting.target_bar import Target
from sportsgpt_lib.reporting.wording import write_quantity, write_target
from sportsgpt_lib.sports.definition import Indicator, Movement


@dataclass(frozen=True)
class Measurement:
    """A row of ``kismam_metrics`` as the words need it: always a measured one."""

    title: str
    value: float
    error: float | None
    unit: str
    target: Target

    @property
    def measured(self) -> str:
        """The value with its error."""
        return f"Measured {write_quantity(self.value, self.unit, self.error)}"

    @property
    def wanted(self) -> str:
        """The target in words."""
        low, high = self.target.low, self.target.high
        if low is None and high is None:
            return "No target: shown, not judged"
        return f"Target {write_target(low, high, self.unit)}"

    @property
    def place(self) -> str:
        """Where the value lies, in words; empty without a target."""
        if self.target.low is None and self.target.high is None:
            return ""
        place = self.target.place(self.value)
        return "inside the target" if place == "inside" else f"{place} the target"


@dataclass(frozen=True)
class ModelMotion:
    """A target model as a repetition of the athlete's side, and what it is called."""

    name: str
    repetition: Repetition


@dataclass(frozen=True)
class EvidenceMaterial:
    """One measured indicator of one repetition, with all that its picture needs.

    ``poses`` are the athlete's, at times of the clip, which are ``stretch`` times those
    of the movement. ``model`` None = the repetition was aligned with none.
    """

    indicator: Indicator
    movement: Movement
    measurement: Measurement
    plan: EvidencePlan
    poses: PoseSequence
    scale: PictureScale
    stretch: float
    model: ModelMotion | None = None

    def clip_time_s(self, shot: Shot) -> float:
        """Bring an instant of the movement into the clip."""
        return shot.time_s * self.stretch
