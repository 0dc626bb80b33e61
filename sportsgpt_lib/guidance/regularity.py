"""Says how regularly a session shows its issues: habit or slip, and on which leg.

Only chooses sentences for what ``training.session_findings`` holds; every number is a
fact's, every word the catalogue's (``wording.py``).
"""

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.report import Fact, Pattern, Sentence
from sportsgpt_lib.guidance.wording import Wording, load_wording

_PATTERNS: tuple[Pattern, ...] = ("habit", "undecided", "slip")


def summarise_issues(case: GuidanceCase) -> list[Sentence]:
    """Sum up the issues of a session: what comes first, then the others by pattern."""
    wording = load_wording(case.language)
    first = case.issues[0]
    sentences = [_describe_pattern(case, first, "summary.first")]
    for pattern in _PATTERNS:
        others = [i for i in case.issues[1:] if i.session.pattern == pattern]
        if others:
            named = wording.join([wording.inside(issue.issue_name) for issue in others])
            sentences.append(
                Sentence(
                    text=wording.say(f"summary.also_{pattern}", names=named),
                    facts=tuple(issue.count for issue in others),
                )
            )
    return sentences


def describe_regularity(case: GuidanceCase, issue: IssueCase) -> list[Sentence]:
    """Say in how many repetitions an issue was seen, and what that tells of others."""
    wording = load_wording(case.language)
    count = case.facts[issue.count]
    sentences = [_describe_pattern(case, issue, "finding.seen")]
    if count.total != 1:
        share = wording.range(count.share_low_pct, count.share_high_pct, "pct")
        sentences.append(
            Sentence(text=wording.say("finding.share", share=share), facts=(count.id,))
        )
    if not issue.is_trained:
        sentences.append(Sentence(text=wording.say("finding.slip"), facts=(count.id,)))
    return [*sentences, *_describe_median(case, issue, wording)]


def describe_legs(case: GuidanceCase, issue: IssueCase) -> list[Sentence]:
    """Compare the legs; nothing where the repetitions belong to none."""
    wording = load_wording(case.language)
    left, right = (
        None if name is None else case.facts[name]
        for name in (issue.left_count, issue.right_count)
    )
    if left is None or right is None:
        return _describe_one_leg(left or right, wording)
    side = issue.session.side_pattern or "undecided"
    texts = [
        wording.say(
            f"finding.legs_{side}",
            left_shown=_count_shown(left),
            left_total=left.total,
            right_shown=_count_shown(right),
            right_total=right.total,
        )
    ]
    if side != "undecided":
        texts.append(wording.say("finding.other_side"))
    return [Sentence(text=text, facts=(left.id, right.id)) for text in texts]


def _describe_pattern(case: GuidanceCase, issue: IssueCase, key: str) -> Sentence:
    """Say the counts and what they make of the issue: ``key`` begins the sentence's."""
    wording = load_wording(case.language)
    count = case.facts[issue.count]
    is_inside = key.startswith("summary")
    name = wording.inside(issue.issue_name) if is_inside else issue.issue_name
    text = wording.say(
        f"{key}_{issue.session.pattern}",
        count=count.total,
        issue=name,
        shown=_count_shown(count),
        total=count.total,
    )
    return Sentence(text=text, facts=(count.id,))


def _describe_median(
    case: GuidanceCase, issue: IssueCase, wording: Wording
) -> list[Sentence]:
    """Say where the middle lies outside the target, though it was seldom reported."""
    if issue.session.pattern == "habit" or not issue.medians:
        return []
    median = case.facts[issue.medians[0]]
    if median.total == 1 or not median.wanted_change:
        return []
    text = wording.say(
        "finding.median",
        count=median.total,
        indicator=median.label,
        value=wording.value(median),
        way=wording.quantity(median.wanted_change, median.unit),
    )
    return [Sentence(text=text, facts=(median.id,))]


def _describe_one_leg(leg: Fact | None, wording: Wording) -> list[Sentence]:
    if leg is None:
        return []
    return [Sentence(text=wording.say(f"finding.only_{leg.side}"), facts=(leg.id,))]


def _count_shown(fact: Fact) -> str:
    return f"{fact.value:.0f}"
