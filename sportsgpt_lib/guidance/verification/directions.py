"""Whether above and below, inside and outside, rise and fall are those of the facts."""

import re

from sportsgpt_lib.guidance.numbers import find_numbers
from sportsgpt_lib.guidance.report import Fact
from sportsgpt_lib.guidance.verification.cited_facts import CitedFacts
from sportsgpt_lib.guidance.verification.grounding import list_candidates
from sportsgpt_lib.guidance.verification.verdicts import Fault

_I = re.IGNORECASE
_TARGET = r"(?:targets?|goal|limit|range|aim)(?! leaves)"
_NEAR = r"[^.;。]{0,40}?"
_BELOW = re.compile(
    rf"(?<!not )\b(?:below|under|short of|less than|lower than|smaller than|beneath|"
    rf"shy of){_NEAR}\b{_TARGET}|\btoo (?:low|small|little|short|shallow|few)\b|"
    r"(?:低于|小于|不足|未达到|没有达到|达不到|少于)[^,。;]{0,8}目标|偏低|偏小|过低|过小",
    _I,
)
_ABOVE = re.compile(
    rf"(?<!not )\b(?:above|over|more than|higher than|greater than|larger than|"
    rf"exceed\w*){_NEAR}\b{_TARGET}|\btoo (?:high|large|big|great|long|deep)\b|"
    r"(?:高于|大于|超过|多于)[^,。;]{0,8}目标|偏高|偏大|过高|过大",
    _I,
)
_INSIDE = re.compile(
    r"(?<!not )(?<!into )\b(?:inside|within|in|meets?|met|meeting|hits?|reach(?:es|ed)"
    r"|"
    rf"on)\s+(?:its\s+|the\s+|their\s+)?(?:wanted\s+)?{_TARGET}\b|"
    r"(?<!不)(?<!没有)在目标范围内|(?<![能以未来要])(?:处于|位于|符合|达到了?)目标(?:范围)?内?(?!之)",
    _I,
)
_OUTSIDE = re.compile(
    rf"\b(?:outside|off|missed|misses|out of|not in|not inside|not within)\s+(?:its\s+"
    rf"|the\s+|their\s+)?{_TARGET}\b|(?:超出|偏离|不在)目标|在目标范围(?:以|之)?外",
    _I,
)
_MODAL = r"(?:should|needs? to|must|has to|have to|ought to|aim(?:s|ing)? to|is to|to)"
_RISE = re.compile(
    rf"\b{_MODAL}\s+(?:\w+\s+){{0,2}}?(?:rise|increase|grow|go up|come up|gain|climb|"
    r"be (?:higher|larger|greater|more|raised|increased))\b|"
    r"应(?:该|当)?[^,。;]{0,4}(?:增加|增大|提高|上升|升高|加大|变大)|"
    r"(?:需要?|要)[^,。;]{0,3}(?:增加|增大|提高|上升|升高|加大)",
    _I,
)
_FALL = re.compile(
    rf"\b{_MODAL}\s+(?:\w+\s+){{0,2}}?(?:fall|decrease|drop|shrink|go down|come down|"
    r"be (?:lower|smaller|less|reduced|lowered))\b|"
    r"应(?:该|当)?[^,。;]{0,4}(?:减少|减小|降低|下降|缩小|变小)|"
    r"(?:需要?|要)[^,。;]{0,3}(?:减少|减小|降低|下降|缩小)",
    _I,
)
_ABOVE_DETECTABLE = re.compile(
    r"(?:change|less|more)[^.;]{0,12}\b(?:above|over|more than|larger than|"
    r"greater than)\b(?:[^.;]|\.\d){0,30}(?:cannot|can not|can't)|"
    r"(?:大于|超过|高于)[^。;]{0,16}变化[^。;]{0,8}无法区分",
    _I,
)
_PART_END = re.compile(r"[;。]|\.(?=\s)")


def find_wrong_direction(said: str, text: str, cited: CitedFacts) -> Fault | None:
    """Find a direction that no cited fact has.

    ``said`` is ``text`` with the names of what it cites blanked out.
    """
    if cited.targeted and _ABOVE_DETECTABLE.search(said):
        return Fault("direction", "larger changes can be told from error, smaller not")
    start = 0
    for end in [*(m.end() for m in _PART_END.finditer(said)), len(said)]:
        part, named = said[start:end], text[start:end]
        start = end
        claimed = [one for one in _DIRECTIONS if one[0].search(part)]
        facts = _find_spoken_of(named, cited) if claimed else []
        for _, is_true, words in claimed:
            if facts and not any(map(is_true, facts)):
                return Fault("direction", f"{facts[0].id} is not {words}")
    return None


def _find_spoken_of(text: str, cited: CitedFacts) -> list[Fact]:
    """Find the targeted facts that a part of a sentence speaks of; all, if unclear."""
    facts = list(cited.targeted)
    labelled = [f for f in facts if f.label.lower() in text.lower()]
    if labelled:
        return labelled
    numbers = find_numbers(text)
    valued = [
        fact
        for fact in facts
        if any(
            one.role in ("value", "change", "margin")
            for number in numbers
            for one in list_candidates(number, [fact])
        )
    ]
    return valued or facts


def _is_below(fact: Fact) -> bool:
    low, value = fact.target_low, fact.value
    return low is not None and value is not None and value < low


def _is_above(fact: Fact) -> bool:
    high, value = fact.target_high, fact.value
    return high is not None and value is not None and value > high


def is_outside(fact: Fact) -> bool:
    """Whether a fact's value lies outside its target."""
    return _is_below(fact) or _is_above(fact)


def _is_inside(fact: Fact) -> bool:
    return not is_outside(fact)


_DIRECTIONS = (
    (_BELOW, _is_below, "below its target"),
    (_ABOVE, _is_above, "above its target"),
    (_OUTSIDE, is_outside, "outside its target"),
    (_INSIDE, _is_inside, "inside its target"),
    (_RISE, _is_below, "to rise"),
    (_FALL, _is_above, "to fall"),
)
