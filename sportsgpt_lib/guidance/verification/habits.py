"""Whether a habit is called a habit, a slip a slip, and all repetitions all."""

import re
from collections.abc import Iterable

from sportsgpt_lib.guidance.verification.cited_facts import CitedFacts
from sportsgpt_lib.guidance.verification.verdicts import Fault

_I = re.IGNORECASE
# Phrases that name habit and slip without calling anything either.
_NEUTRAL = re.compile(
    r"(?:tell|separate|distinguish|know)[^.;]{0,20}\b(?:a )?(?:habit|slip)\w*\b"
    r"[^.;]{0,12}\b(?:from|or|and)\b[^.;]{0,6}\b(?:a )?(?:habit|slip)\w*|"
    r"(?:habit or (?:a )?slip|slip or (?:a )?habit)|区分习惯与偶然失误|"
    r"习惯还是偶然失误|区分[^,。;]{0,6}习惯[^,。;]{0,6}",
    _I,
)
_NO_HABIT = re.compile(
    r"\b(?:not|no|never|isn't|rather than|surely no|without being|nor|than)\s+"
    r"(?:(?:yet|really|surely)\s+)?(?:an?\s+)?habit\w*|no fault is a habit|"
    r"(?:不是|并非|没有|不属于|而非)(?:一个|一种)?习惯(?:性的问题|性)?",
    _I,
)
_NO_SLIP = re.compile(
    r"\b(?:not|rather than|(?<!no )more than|isn't|nor|no(?! more))\s+"
    r"(?:(?:just|only|merely)\s+)?"
    r"(?:an?\s+)?(?:(?:occasional|one-off|isolated)\s+)*slips?\b|"
    r"(?:不是|并非|不属于|而非|不只是)(?:一次)?偶然(?:失误)?",
    _I,
)
_HABIT = re.compile(
    r"\bhabit\w*|\bregular(?:ly)?\b|\bconsistent(?:ly)?\b|\bsystematic(?:ally)?\b|"
    r"\brecurr\w+|\bpersistent(?:ly)?\b|\bevery time\b|习惯|一贯|总是|经常出现",
    _I,
)
_SLIP = re.compile(
    r"\bslips?\b|\bone-off\b|\boccasional(?:ly)?\b|\bisolated\b|\bnow and then\b|"
    r"\brare(?:ly)?\b|\bseldom\b|偶然失误|偶发|偶尔|个别情况",
    _I,
)
_UNDECIDED = re.compile(
    r"too few[^.;]{0,30}(?:habit|slip|say|decide|judge)|undecided|(?:cannot|can't|not)"
    r"[^.;]{0,12}\b(?:be told|tell|say|known)\b[^.;]{0,20}habit|不能区分习惯|"
    r"次数太少[^。;]{0,8}习惯",
    _I,
)
_EVERY = re.compile(
    r"\b(?:all|every|each|both)\b(?! of the data)[^.;,]{0,25}\b(?:repetitions?|reps?|"
    r"trials?|attempts?)\b|(?:全部|每次|每一次|所有)[^,。;]{0,4}(?:次|动作|重复)|"
    r"次中(?:全部|都)|两次中都",
    _I,
)
_MOST = re.compile(
    r"\b(?:most|the majority) of\b|\bmost repetitions\b|(?<!绝)大多数|多数",
    _I,
)
_NEVER = re.compile(r"\bin none of\b|\bin no repetition\b|一次也没有|从未出现", _I)


def find_wrong_pattern(text: str, cited: CitedFacts) -> Fault | None:
    """Find a habit that is called slip or undecided, and the other way round."""
    if not cited.issues:
        return None
    patterns = {issue.session.pattern for issue in cited.issues}
    is_single = all(issue.session.repetition_count == 1 for issue in cited.issues)
    if _UNDECIDED.search(text) and "undecided" not in patterns and not is_single:
        return Fault("pattern", f"it is a {_join(patterns)}")
    rest = _NEUTRAL.sub(" ", text)
    said = _NO_SLIP.sub(" ", _NO_HABIT.sub(" ", rest))
    wrong = (
        (_NO_HABIT.search(rest) and patterns == {"habit"})
        or (_NO_SLIP.search(rest) and patterns == {"slip"})
        or (_HABIT.search(said) and not patterns <= {"habit"})
        or (_SLIP.search(said) and not patterns <= {"slip"})
    )
    return Fault("pattern", f"it is a {_join(patterns)}") if wrong else None


def find_wrong_quantifier(text: str, cited: CitedFacts) -> Fault | None:
    """Find "all", "most" or "none" that no cited count bears out."""
    counts = [
        fact for fact in cited.facts if fact.kind == "count" and fact.value is not None
    ]
    if not counts:
        return None
    for pattern, is_true, words in _QUANTIFIERS:
        if pattern.search(text) and not any(map(is_true, counts)):
            return Fault("number", f"its counts are not {words} repetitions")
    return None


_QUANTIFIERS = (
    (_EVERY, lambda fact: fact.value == fact.total, "all"),
    (_MOST, lambda fact: 2 * fact.value > fact.total, "most"),
    (_NEVER, lambda fact: fact.value == 0, "none of the"),
)


def _join(patterns: Iterable[str]) -> str:
    return " and ".join(sorted(patterns))
