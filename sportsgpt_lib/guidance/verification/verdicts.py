"""What the verifier says of one sentence or exercise."""

from dataclasses import dataclass
from typing import Literal

CheckName = Literal[
    "reference",
    "number",
    "unit",
    "repetition",
    "leg",
    "direction",
    "pattern",
    "strength",
    "unmeasured",
    "subject",
    "words",
    "support",
    "contradiction",
    "diagnosis",
    "judge",
    "finding",
    "exercise",
    "dose",
    "limits",
    "measure",
    "language",
    "other",
]
PassedBy = Literal["quotation", "facts", "passage", "judge", "card"]


@dataclass(frozen=True)
class Fault:
    """Why a sentence may not stay; the model that wrote it may be told the reason."""

    check: CheckName
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """What was found out about one sentence: a fault, or what bears it out.

    ``support_ratio`` is the share of its words that what it cites says;
    ``similarity`` the cosine to the nearest cited sentence. None = not asked.
    """

    fault: Fault | None = None
    passed_by: PassedBy | None = None
    support_ratio: float | None = None
    similarity: float | None = None


@dataclass(frozen=True)
class SentenceVerdict:
    """The verdict on one sentence or exercise of a text."""

    section: str
    text: str
    facts: tuple[str, ...]
    passages: tuple[str, ...]
    result: CheckResult

    @property
    def is_kept(self) -> bool:
        """Whether it stays in the report."""
        return self.result.fault is None
