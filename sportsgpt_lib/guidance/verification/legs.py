"""Whether a sentence names the leg that its facts are of."""

import re

from sportsgpt_lib.guidance.numbers import find_numbers
from sportsgpt_lib.guidance.verification.cited_facts import CitedFacts
from sportsgpt_lib.guidance.verification.grounding import list_candidates
from sportsgpt_lib.guidance.verification.verdicts import Fault

_I = re.IGNORECASE
_SIDES = {
    "left": re.compile(r"\bleft\b|左", _I),
    "right": re.compile(r"\bright\b(?! away| after| before| time)|右", _I),
}
_NEAR = r"[^.;。]{0,40}?"
_MORE_ON = {
    side: re.compile(
        rf"(?:more|surely|mostly|mainly|worse){_NEAR}\b{side}\b|\b{side}\b[^.;,:]{{0,25}}"
        rf"(?:more often|worse)|可以确定{chinese}|{chinese}腿?[^,。;]{{0,4}}更",
        _I,
    )
    for side, chinese in (("left", "左"), ("right", "右"))
}


def find_wrong_leg(text: str, cited: CitedFacts) -> Fault | None:
    """Find a leg that no cited fact is of, or that is not surely the worse one."""
    named = [side for side, pattern in _SIDES.items() if pattern.search(text)]
    if not named or not cited.facts:
        return None
    known: set[str] = {fact.side for fact in cited.facts if fact.side}
    known |= {
        side
        for side, pattern in _SIDES.items()
        for fact in cited.facts
        if pattern.search(f"{fact.label} {fact.reason or ''}")
    }
    known |= {issue.session.side_pattern or "" for issue in cited.issues}
    wrong = [side for side in named if side not in known]
    if wrong:
        return Fault("leg", f"nothing that it cites is of the {wrong[0]} leg")
    for side, pattern in _MORE_ON.items():
        patterns = {issue.session.side_pattern for issue in cited.issues}
        if pattern.search(text) and cited.issues and side not in patterns:
            return Fault("leg", f"it is not known to be more often on the {side}")
    return _find_swapped_legs(text, cited) if len(named) > 1 else None


def _find_swapped_legs(text: str, cited: CitedFacts) -> Fault | None:
    """Find counts of the legs that stand beside the wrong leg."""
    places = sorted(
        (match.start(), side)
        for side, pattern in _SIDES.items()
        for match in pattern.finditer(text)
    )
    counts = [fact for fact in cited.facts if fact.kind == "count" and fact.side]
    numbers = [
        n for n in find_numbers(text) if n.unit in (None, "repetitions", "times")
    ]
    if len({fact.side for fact in counts}) < len(_SIDES) or not numbers:
        return None

    def agrees(*, side_follows: bool) -> bool:
        for number in numbers:
            ahead = [side for start, side in places if start > number.start]
            behind = [side for start, side in places if start < number.start]
            if not (ahead if side_follows else behind):
                return False
            side = ahead[0] if side_follows else behind[-1]
            own = [fact for fact in counts if fact.side == side]
            if not list_candidates(number, own):
                return False
        return True

    if agrees(side_follows=True) or agrees(side_follows=False):
        return None
    return Fault("leg", "its counts are those of the other leg")
