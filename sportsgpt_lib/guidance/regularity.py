"""Says how regularly a session shows its issues: habit or slip, and on which leg.

Only words for what ``training.session_findings`` holds; every number is a fact's.
"""

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.report import Fact, Pattern, Sentence
from sportsgpt_lib.sports.number_format import format_quantity, format_range

_PATTERN_WORDS: dict[Pattern, str] = {
    "habit": "a habit",
    "slip": "a slip and not a habit",
    "undecided": "too few to tell a habit from a slip",
}
_SUMMED_UP: dict[Pattern, str] = {
    "habit": "Also a habit",
    "undecided": "Seen as well, with too few repetitions to tell a habit from a slip",
    "slip": "Slips, which need no exercise",
}


def summarise_issues(case: GuidanceCase) -> list[Sentence]:
    """Sum up the issues of a session: what comes first, then the others by pattern."""
    first = case.issues[0]
    count = case.facts[first.count]
    opening = (
        "To work on first"
        if first.is_trained
        else "No fault is a habit, but keep an eye on this"
    )
    sentences = [
        Sentence(
            text=f"{opening}: {_lower(first.issue_name)}, seen in "
            f"{_describe_pattern(first, count)}.",
            facts=(count.id,),
        )
    ]
    for pattern, words in _SUMMED_UP.items():
        others = [i for i in case.issues[1:] if i.session.pattern == pattern]
        if others:
            named = _join([_lower(issue.issue_name) for issue in others])
            sentences.append(
                Sentence(
                    text=f"{words}: {named}.",
                    facts=tuple(issue.count for issue in others),
                )
            )
    return sentences


def describe_regularity(case: GuidanceCase, issue: IssueCase) -> list[Sentence]:
    """Say in how many repetitions an issue was seen, and what that tells of others."""
    count = case.facts[issue.count]
    texts = [f"{issue.issue_name}: seen in {_describe_pattern(issue, count)}."]
    if count.total != 1:
        share = format_range(count.share_low_pct, count.share_high_pct, "pct")
        texts.append(f"In the long run it would show in {share} of repetitions.")
    if not issue.is_trained:
        texts.append("No exercise is proposed for a slip.")
    sentences = [Sentence(text=text, facts=(count.id,)) for text in texts]
    return [*sentences, *_describe_median(case, issue)]


def _describe_median(case: GuidanceCase, issue: IssueCase) -> list[Sentence]:
    """Say where the middle lies outside the target, though it was seldom reported."""
    if issue.session.pattern == "habit" or not issue.medians:
        return []
    median = case.facts[issue.medians[0]]
    if median.total == 1 or not median.wanted_change or median.value is None:
        return []
    value = format_quantity(median.value, median.unit, median.error)
    way = format_quantity(median.wanted_change, median.unit)
    text = (
        f"{median.label}: the median of {median.total} repetitions was {value}, {way} "
        "outside the target, so keep an eye on it."
    )
    return [Sentence(text=text, facts=(median.id,))]


def describe_legs(case: GuidanceCase, issue: IssueCase) -> list[Sentence]:
    """Compare the legs; nothing where the repetitions belong to none."""
    left, right = (
        None if name is None else case.facts[name]
        for name in (issue.left_count, issue.right_count)
    )
    if left is None or right is None:
        return _describe_one_leg(left or right)
    side = issue.session.side_pattern
    judged = (
        f"surely more often on the {side}"
        if side in ("left", "right")
        else "too few to tell the legs apart"
    )
    texts = [
        f"It was seen in {_count(left)} repetitions of the left leg and in "
        f"{_count(right)} of the right leg: {judged}."
    ]
    if side in ("left", "right"):
        texts.append(
            "One camera sees the near leg better: film from the other side as well "
            "before believing it."
        )
    return [Sentence(text=text, facts=(left.id, right.id)) for text in texts]


def _describe_one_leg(leg: Fact | None) -> list[Sentence]:
    if leg is None:
        return []
    text = f"Only repetitions of the {leg.side} leg could show it."
    return [Sentence(text=text, facts=(leg.id,))]


def _describe_pattern(issue: IssueCase, count: Fact) -> str:
    if count.total == 1:
        return (
            "the only repetition that could show it, "
            "too few to tell a habit from a slip"
        )
    words = _PATTERN_WORDS[issue.session.pattern]
    return f"{_count(count)} repetitions that could show it, {words}"


def _count(fact: Fact) -> str:
    return f"{fact.value:.0f} of {fact.total}"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _join(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"
