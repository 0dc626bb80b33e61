"""What a sentence says of its facts besides numbers: the checks one after the other.

Legs, directions and habits have modules of their own; numbers are in ``grounding.py``,
sentences that rest on passages in ``support.py``.
"""

import re

from sportsgpt_lib.guidance.numbers import find_numbers, normalise_text
from sportsgpt_lib.guidance.verification.cited_facts import CitedFacts
from sportsgpt_lib.guidance.verification.directions import (
    find_wrong_direction,
    is_outside,
)
from sportsgpt_lib.guidance.verification.habits import (
    find_wrong_pattern,
    find_wrong_quantifier,
)
from sportsgpt_lib.guidance.verification.legs import find_wrong_leg
from sportsgpt_lib.guidance.verification.verdicts import Fault

_I = re.IGNORECASE
_MISSING = re.compile(
    r"not (?:be )?(?:measur\w+|judged|seen|assessed|determined|visible)|unmeasur\w+|"
    r"(?:could|can) ?not be|no (?:value|measurement|number)|hidden|missing|unknown|"
    r"无法|不可测|未能|没有测|不能测|遮挡|没有数值",
    _I,
)
_PRAISE = re.compile(
    r"\b(?:good|excellent|great job|well done|strength|strong point|solid|superb|ideal|"
    r"perfect|fine)\b|良好|优秀|出色|优势|优点|很好|完美|理想",
    _I,
)


def find_claim_fault(
    text: str, said: str, cited: CitedFacts, section: str
) -> Fault | None:
    """Find something that a sentence says of its facts and that they do not bear out.

    ``said`` is the sentence with the names of what it cites blanked out, since a name
    claims nothing.
    """
    plain = normalise_text(said)
    checks = (
        _find_unmeasured(plain, cited),
        find_wrong_leg(plain, cited),
        find_wrong_direction(plain, normalise_text(text), cited),
        find_wrong_pattern(plain, cited),
        find_wrong_quantifier(plain, cited),
        _find_wrong_strength(plain, cited, section),
    )
    return next((fault for fault in checks if fault is not None), None)


def _find_unmeasured(text: str, cited: CitedFacts) -> Fault | None:
    missing = [fact for fact in cited.facts if fact.value is None]
    if missing and not _MISSING.search(text):
        return Fault(
            "unmeasured",
            f"{missing[0].id} could not be measured, and it speaks of it as measured",
        )
    measured = [f for f in cited.facts if f.kind == "metric" and f.value is not None]
    is_denied = _MISSING.search(text) and not _says_reason(text, cited)
    if measured and not missing and is_denied and not find_numbers(text):
        return Fault("unmeasured", f"{measured[0].id} was measured")
    return None


def _says_reason(text: str, cited: CitedFacts) -> bool:
    lowered = text.lower()
    return any(
        fact.reason and normalise_text(fact.reason).rstrip(".。").lower() in lowered
        for fact in cited.facts
    )


def _find_wrong_strength(text: str, cited: CitedFacts, section: str) -> Fault | None:
    is_strength = section in ("strengths", "close_to_limit")
    if not is_strength and not _PRAISE.search(text):
        return None
    measured = [f for f in cited.facts if f.kind in ("metric", "median")]
    outside = [fact for fact in measured if is_outside(fact) or fact.value is None]
    if outside:
        return Fault("strength", f"{outside[0].id} is not inside its target")
    if is_strength and not cited.targeted:
        return Fault("strength", "it cites nothing that lies inside a target")
    if is_strength and any(fact.validity != "valid" for fact in measured):
        return Fault("strength", "it cites what was measured with reservations")
    if not is_strength and cited.facts and not cited.targeted:
        return Fault("strength", "it praises what no target bears out")
    return None
