"""Whether "3 of 5" is a count of what a sentence cites, both numbers together."""

import re
from collections.abc import Sequence

from sportsgpt_lib.guidance.numbers import find_numbers, normalise_text
from sportsgpt_lib.guidance.report import Fact
from sportsgpt_lib.guidance.verification.grounding import ERROR_BEFORE, is_same_value
from sportsgpt_lib.guidance.verification.verdicts import Fault

_PAIR = {
    "en": re.compile(r"^\s*(?:of|out of|from|/)\s*(?:the\s*)?$", re.I),
    "zh": re.compile(r"^[^,;:。]{0,6}?(?:中|里)[^,;:。目标]{0,6}$"),
}


def find_pair_fault(text: str, facts: Sequence[Fact]) -> Fault | None:
    """Find "3 of 5" that is no count of what is cited."""
    counts = [
        (fact.value, float(fact.total))
        for fact in facts
        if fact.total is not None and fact.kind in ("count", "score")
    ]
    if not counts:
        return None
    text = normalise_text(text)
    numbers = find_numbers(text)
    for index in range(len(numbers) - 1):
        first, second = numbers[index], numbers[index + 1]
        between = text[first.end : second.start]
        if first.is_ordinal or second.is_ordinal:
            continue
        if index and ERROR_BEFORE.search(text[: first.start]):
            first = numbers[index - 1]
        if _PAIR["en"].fullmatch(between):
            shown, total = first, second
        elif not text.isascii() and _PAIR["zh"].fullmatch(between):
            total, shown = first, second
        else:
            continue
        if not any(
            value is not None
            and is_same_value(shown, value)
            and is_same_value(total, of)
            for value, of in counts
        ):
            return Fault(
                "number", f"{shown.text!r} of {total.text!r} is no count that it cites"
            )
    return None
