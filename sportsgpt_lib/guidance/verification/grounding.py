"""Whether each number of a sentence is a number of what it cites, in that role.

A number that equals a fact's error, target or change counts only where the sentence
speaks of error, target or change. How numbers are found is in
``sportsgpt_lib/guidance/numbers.py``; "3 of 5" is in ``count_pairs.py``, directions
and legs are in ``claims.py``.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sportsgpt_lib.guidance.numbers import Number, find_numbers, normalise_text
from sportsgpt_lib.guidance.report import Fact
from sportsgpt_lib.guidance.verification.passage_texts import PassageText
from sportsgpt_lib.guidance.verification.verdicts import Fault
from sportsgpt_lib.guidance.written_number import PART
from sportsgpt_lib.sports.number_format import UNIT_WORDS

Role = Literal[
    "value",
    "error",
    "target",
    "change",
    "margin",
    "total",
    "share",
    "repetition",
    "time",
]
_COUNTED = frozenset({"repetitions", "times", "points", "sessions"})
_ONE_KIND = (frozenset({"repetitions", "times", "sessions"}),)
_REPETITION_BEFORE = re.compile(
    r"(?:\b(?:repetitions?|reps?|trials?|attempts?|number|no\.?)\s*#?|#|第)\s*$",
    re.IGNORECASE,
)
ERROR_BEFORE = re.compile(
    r"(?:±|\+/-|plus or minus|give or take|error(?: of| is| was|:)?(?: about)?|"
    r"uncertainty(?: of| is)?|正负|误差(?:为|约|是)?|加减)\s*$",
    re.IGNORECASE,
)
_ERROR_WORDS = re.compile(
    r"±|error|uncertain|plus or minus|give or take|误差|不确定|正负", re.I
)
_TARGET_BEFORE = re.compile(
    r"(?:\b(?:targets?|goal|limit|aim|range)\b(?!\s*(?:by|was missed)):?[^,;.:]{0,25}?"
    r"|\b(?:at least|at most|no more than|no less than|"
    r"(?<!went )(?<!goes )(?<!came )up to|"
    r"minimum of|maximum of)|"
    r"目标(?:值|范围|区间|为|是|应|在|:|\()*|至少|至多|不超过|不低于)\s*$",
    re.IGNORECASE,
)
_TARGET_WORDS = re.compile(
    r"\b(?:targets?|goal|limit|aim|range|at least|at most|should|needs?|minimum|"
    r"maximum|between|no more|no less|above|below|under|over)\b|"
    r"目标|至少|至多|应|范围|不超过|不低于|需要|高于|低于",
    re.IGNORECASE,
)
_CHANGE_BEFORE = re.compile(
    r"(?:\bby(?: about| another| at least| a further| some)?|误差)\s*$", re.IGNORECASE
)
_CHANGE_AFTER = re.compile(
    r"^\s*(?:short|outside|away|off|too|shy|missing|further|inside)\b", re.IGNORECASE
)
_CHANGE_WORDS = re.compile(
    r"\b(?:chang\w*|tell|told|error|detect\w*|distinguish\w*|apart|outside|short|below|"
    r"above|by|away|off|missing|further|rise\w*|fall\w*|gain|more|less|fewer|needs?|"
    r"should|missed|misses|exceed\w*|beyond|difference|distance|inside|within|only|"
    r"improve\w*|increase\w*|increasing|decrease\w*|decreasing|reduc\w*|under|over|"
    r"too|miss|lack\w*)\b|"
    r"变化|区分|误差|超|相差|差|增|减|升|降|提高|不足|低|高|以内|以外|距|偏|还|少|多",
    re.IGNORECASE,
)
_MARGIN_WORDS = re.compile(r"\b(?:margin|only|room)\b|以内|之内|余|距", re.IGNORECASE)
_TIME_WORDS = re.compile(
    r"\b(?:at|after|clip|video|moment|mark|seen|picture|film|time)\b|时刻|录像|画面|处|时间|第",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(r"[;。!?]|\.(?=\s)")


@dataclass(frozen=True)
class Candidate:
    """A number of a fact that a written number may be."""

    fact: Fact
    role: Role
    unit: str | None


_Value = tuple[float, Candidate]


def find_number_fault(
    text: str, facts: Sequence[Fact], passages: Iterable[PassageText]
) -> Fault | None:
    """Find a number that is not borne out by what is cited; None = all are."""
    plain = normalise_text(text)
    numbers = find_numbers(text)
    said = [number for passage in passages for number in passage.numbers]
    said += [n for fact in facts for n in find_numbers(_list_words(fact))]
    values = [pair for fact in facts for pair in _list_values(fact)]
    for index, number in enumerate(numbers):
        if any(_is_said(number, one) for one in said):
            continue
        fault = _judge_number(plain, numbers, index, values, said)
        if fault is not None:
            return fault
    return None


def list_candidates(number: Number, facts: Sequence[Fact]) -> list[Candidate]:
    """List the numbers of facts that a written one may be: same value, same unit."""
    return _choose(number, [pair for fact in facts for pair in _list_values(fact)])


def _choose(number: Number, values: Sequence[_Value]) -> list[Candidate]:
    return [
        candidate
        for value, candidate in values
        if is_same_value(number, value) and is_same_unit(number.unit, candidate.unit)
    ]


def is_same_value(number: Number, value: float) -> bool:
    """Whether a written number is a value, rounded to the decimals it is written in."""
    half_of_last_digit = 0.5 * 10.0**-number.decimals
    return abs(number.value - value) <= half_of_last_digit * (1 + 1e-9)


def is_same_unit(written: str | None, unit: str | None) -> bool:
    """Whether a written unit is the one wanted; counted things need not be named."""
    if written == unit:
        return True
    if written is None:
        return unit in _COUNTED
    return any({written, unit} <= kind for kind in _ONE_KIND)


def _judge_number(
    text: str,
    numbers: Sequence[Number],
    index: int,
    values: Sequence[_Value],
    said: Sequence[Number],
) -> Fault | None:
    number = numbers[index]
    candidates = _choose(number, values)
    if not candidates:
        return _describe_unknown(number, values, said)
    before, after = _find_surroundings(text, numbers, index)
    clause = _find_clause(text, number)
    if any(_fits(one, number, before, after, clause) for one in candidates):
        return None
    if _REPETITION_BEFORE.search(before) or number.is_ordinal:
        return Fault(
            "repetition", f"what it cites is not of repetition {number.value:g}"
        )
    return Fault(
        "number",
        f"the number {number.text!r} is not what the sentence says it is: "
        f"it is the {candidates[0].role} of {candidates[0].fact.id}",
    )


def _describe_unknown(
    number: Number, values: Sequence[_Value], said: Sequence[Number]
) -> Fault:
    known = [*(value for value, _ in values), *(one.value for one in said)]
    if number.is_ordinal:
        return Fault(
            "repetition", f"what it cites is not of repetition {number.value:g}"
        )
    if any(is_same_value(number, value) for value in known):
        what = "without its unit" if number.unit is None else "in another unit"
        return Fault("unit", f"the number {number.text!r} is written {what}")
    return Fault("number", f"the number {number.text!r} is in nothing that it cites")


def _fits(one: Candidate, number: Number, before: str, after: str, clause: str) -> bool:
    """Whether the words around a number speak of what it is in the fact."""
    if _REPETITION_BEFORE.search(before) or number.is_ordinal:
        return one.role == "repetition"
    if one.role == "repetition":
        return False
    if ERROR_BEFORE.search(before):
        return one.role == "error" or ("±" not in before and one.role == "change")
    if _CHANGE_AFTER.match(after) or _CHANGE_BEFORE.search(before):
        return one.role in ("change", "margin")
    if _TARGET_BEFORE.search(before):
        return one.role in ("target", "change", "margin", "total", "share")
    near = before.rpartition(":")[2]
    around = clause if before.strip() == ")" else f"{before} {after}"
    wanted, words = {
        "error": (_ERROR_WORDS, clause),
        "target": (_TARGET_WORDS, near),
        "change": (_CHANGE_WORDS, around),
        "margin": (_MARGIN_WORDS, before),
        "time": (_TIME_WORDS, clause),
    }.get(one.role, (None, ""))
    return wanted is None or wanted.search(words) is not None


def _list_values(fact: Fact) -> list[_Value]:
    unit = fact.unit if UNIT_WORDS.get(fact.unit, fact.unit) else None
    total_unit = "repetitions" if fact.kind == "median" else unit
    part = None
    if fact.kind == "count" and fact.value is not None and fact.total:
        part = fact.value / fact.total
    numbers: tuple[tuple[float | None, Role, str | None], ...] = (
        (fact.value, "value", unit),
        (part, "value", PART),
        (fact.error, "error", unit),
        (fact.target_low, "target", unit),
        (fact.target_high, "target", unit),
        (fact.detectable_change, "change", unit),
        (fact.wanted_change, "change", unit),
        (fact.margin, "margin", unit),
        (fact.total, "total", total_unit),
        (fact.share_low_pct, "share", "pct"),
        (fact.share_high_pct, "share", "pct"),
        (fact.repetition_no, "repetition", None),
        (fact.repetition_no, "repetition", "repetitions"),
        (fact.picture.time_s if fact.picture else None, "time", "s"),
    )
    return [
        (float(value), Candidate(fact, role, unit_of))
        for value, role, unit_of in numbers
        if value is not None
    ]


def _list_words(fact: Fact) -> str:
    return f"{fact.label}. {fact.reason or ''}"


def _is_said(number: Number, said: Number) -> bool:
    """Whether a passage, or a fact's words, say a number with this unit."""
    if number.value != said.value:
        return False
    return number.unit == said.unit or (
        is_same_unit(number.unit, said.unit) and number.unit is not None
    )


def _find_surroundings(
    text: str, numbers: Sequence[Number], index: int
) -> tuple[str, str]:
    """Find what stands between a number and its neighbours or the clause's ends."""
    number = numbers[index]
    start = numbers[index - 1].end if index else 0
    end = numbers[index + 1].start if index + 1 < len(numbers) else len(text)
    before = text[start : number.start]
    after = text[number.end : end]
    if index and not before.strip(" –-~至到andto或和、"):
        # The end of a range speaks of what its beginning speaks of.
        before = _find_surroundings(text, numbers, index - 1)[0]
    cut = [match.end() for match in _CLAUSE_START.finditer(before)]
    return before[cut[-1] :] if cut else before, after


def _find_clause(text: str, number: Number) -> str:
    ends = [0, *(match.end() for match in _CLAUSE_START.finditer(text)), len(text)]
    for start, end in itertools.pairwise(ends):
        if start <= number.start < end:
            return text[start:end]
    return text
