"""Whether a sentence says the opposite of what the nearest cited sentences say."""

from collections.abc import Sequence

from sportsgpt_lib.guidance.verification.lexicon import Lexicon
from sportsgpt_lib.guidance.verification.overlap import (
    LEAST_SHARED_SHARE,
    LEAST_SHARED_UNITS,
)
from sportsgpt_lib.guidance.verification.verdicts import Fault
from sportsgpt_lib.guidance.verification.words import Clause, Reading


def find_contradiction(
    reading: Reading, nearest: Sequence[Reading], lexicon: Lexicon
) -> Fault | None:
    """Find a turned direction, or a "not" too many or too few."""
    clauses = [clause for window in nearest for clause in window.clauses]
    wholes = {window.sentence for window in nearest}
    clauses += wholes
    said_of: dict[Clause, list[Clause]] = {}
    for clause in reading.clauses:
        near = _find_nearest_clause(clause, clauses)
        if near is not None:
            said_of.setdefault(near, []).append(clause)
    for near, own in said_of.items():
        said = reading.sentence if near in wholes else _join_clauses(own)
        if _turns_round(said, near, lexicon):
            words = near.text.strip()
            return Fault("contradiction", f"it says the opposite of {words!r}")
    turned = _find_turned_word(reading, nearest)
    if turned is not None:
        return Fault(
            "contradiction", f"what it cites turns {turned!r} the other way round"
        )
    return None


def _find_nearest_clause(clause: Clause, clauses: Sequence[Clause]) -> Clause | None:
    """Find the clause that speaks of the same; None where none surely does."""
    best: tuple[float, Clause] | None = None
    for one in clauses:
        shared = len(clause.units & one.units)
        if shared >= LEAST_SHARED_UNITS and shared >= LEAST_SHARED_SHARE * len(
            clause.units
        ):
            weight = shared - 0.1 * len(one.units - clause.units)
            if best is None or weight > best[0]:
                best = (weight, one)
    return None if best is None else best[1]


def _join_clauses(clauses: Sequence[Clause]) -> Clause:
    """Join the clauses of a sentence that one clause of a passage says together."""
    first = clauses[0]
    if len(clauses) == 1:
        return first
    return Clause(
        " ".join(clause.text for clause in clauses),
        frozenset[str]().union(*(clause.units for clause in clauses)),
        frozenset[str]().union(*(clause.words for clause in clauses)),
        frozenset().union(*(clause.turns for clause in clauses)),
        sum(clause.negation_count for clause in clauses),
        first.is_cause,
    )


def _turns_round(clause: Clause, said: Clause, lexicon: Lexicon) -> bool:
    """Whether a clause says the opposite: an odd number of turned words."""
    turns = clause.negation_count + said.negation_count
    for first, second in lexicon.opposites:
        turns += _is_flipped(clause.words, said.words, first, second)
        turns += _is_flipped(clause.words, said.words, second, first)
    return turns % 2 == 1


def _find_turned_word(reading: Reading, nearest: Sequence[Reading]) -> str | None:
    """Find a word that stands beside one direction here and beside the other there."""
    own = reading.sentence.turns
    said = nearest[0].sentence.turns if nearest else frozenset()
    for pair, side, word in sorted(own):
        other = (pair, 1 - side, word)
        is_turned = other in said and (pair, side, word) not in said
        if is_turned and other not in own and not reading.sentence.negation_count:
            return word
    return None


def _is_flipped(
    words: frozenset[str],
    said: frozenset[str],
    first: frozenset[str],
    second: frozenset[str],
) -> bool:
    return bool(
        words & first and said & second and not words & second and not said & first
    )
