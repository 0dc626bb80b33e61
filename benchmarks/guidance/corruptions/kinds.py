"""The kinds of fault that a report is tried with, by name.

The reports are the deterministic writer's or put into other words; the faults are those
that a language model makes. What the verifier says of them is in ``verifier.py``.
"""

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.guidance.corruptions.claims import CLAIM_FAULTS
from benchmarks.guidance.corruptions.edits import Corrupted, Corruption, Seed
from benchmarks.guidance.corruptions.exercises import EXERCISE_FAULTS
from benchmarks.guidance.corruptions.numeric import NUMERIC_FAULTS
from benchmarks.guidance.corruptions.statements import STATEMENT_FAULTS
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report_text import ReportText

CORRUPTIONS: Mapping[str, Corruption] = {
    **NUMERIC_FAULTS,
    **CLAIM_FAULTS,
    **STATEMENT_FAULTS,
    **EXERCISE_FAULTS,
}
NUMERIC = tuple(NUMERIC_FAULTS)
CITATIONS = (
    *("invented citation", "citation of another finding"),
    "citation that says something else",
)
UNSUPPORTED = (
    *("turned or changed statement", "statement of another card", "generic advice"),
    *("advice appended", "invented cause"),
)


def corrupt(
    kind: str, text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    """Put a fault of a kind into a report; None where there is no place for it."""
    made = CORRUPTIONS[kind](text, case, seed)
    return None if made is None else replace(made, kind=kind)
