"""Whether what a sentence took from its passages stands there of the same thing.

A number, a person or a part of the body may be in a passage, and be said there of
something else.
"""

from collections import Counter
from collections.abc import Sequence

from sportsgpt_lib.guidance.numbers import find_numbers
from sportsgpt_lib.guidance.verification.overlap import (
    LEAST_CLAUSE_UNITS,
    LEAST_SHARED_SHARE,
    LEAST_SHARED_UNITS,
    compute_share,
)
from sportsgpt_lib.guidance.verification.passage_texts import PassageText
from sportsgpt_lib.guidance.verification.verdicts import Fault
from sportsgpt_lib.guidance.verification.words import Reading, read_text

# Of a sentence that says nearly the same, the numbers are the same as well.
_NEARLY_THE_SAME = 0.8
# Windows that say nearly as much of a sentence as the nearest are read with it.
_NEARLY_AS_MUCH = 0.75


def find_moved_number(reading: Reading, windows: Sequence[Reading]) -> Fault | None:
    """Find a number that the passages say of something else."""
    clauses = [clause for window in windows for clause in window.clauses]
    for clause in reading.clauses:
        numbers = find_numbers(clause.text)
        if not numbers or len(clause.units) < LEAST_CLAUSE_UNITS:
            continue
        best = max((len(clause.units & one.units) for one in clauses), default=0)
        if best < LEAST_SHARED_UNITS:
            continue
        for number in numbers:
            own = [
                len(clause.units & one.units)
                for one in clauses
                if any(
                    said.value == number.value and said.unit == number.unit
                    for said in find_numbers(one.text)
                )
            ]
            if own and max(own) < LEAST_SHARED_SHARE * best:
                return Fault(
                    "number",
                    f"what it cites says {number.text!r} of something else",
                )
    return None


def find_added_number(
    reading: Reading,
    windows: Sequence[Reading],
    ratio: float,
    fact_words: Reading | None,
) -> Fault | None:
    """Find a number that is in no sentence that otherwise says nearly the same."""
    if ratio < _NEARLY_THE_SAME or fact_words is not None:
        return None
    own = Counter(number.value for number in find_numbers(reading.text))
    near = [
        window
        for window in windows
        if compute_share(reading.units, window.units) >= _NEARLY_AS_MUCH * ratio
    ]
    if any(
        own <= Counter(number.value for number in find_numbers(window.text))
        for window in near
    ):
        return None
    return Fault("number", "its numbers are not those of the sentence that it rests on")


def find_moved_word(
    reading: Reading,
    units: frozenset[str],
    windows: Sequence[Reading],
    passages: Sequence[PassageText],
    fact_words: Reading | None,
) -> Fault | None:
    """Find a part of the body, or a person, that the nearest sentences do not name."""
    best = max((len(units & window.units) for window in windows), default=0)
    near = [
        window
        for window in windows
        if len(units & window.units) >= _NEARLY_AS_MUCH * best
    ]
    said = frozenset[str]().union(*(window.domain | window.units for window in near))
    for passage in passages:
        said |= read_text(passage.parts[0], passage.language).domain
    if fact_words is not None:
        said |= fact_words.domain | fact_words.units
    moved = sorted(reading.domain - said)
    if moved:
        return Fault(
            "support", f"what it cites says it of something else than {moved[0]!r}…"
        )
    return None
