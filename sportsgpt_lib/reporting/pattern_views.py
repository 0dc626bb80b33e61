"""Habit or slip, and what was looked for without being found, ready for the page.

All of it comes from ``training.session_findings``; sentences are the report's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sportsgpt_lib.reporting.page_rows import Row, group_rows
from sportsgpt_lib.reporting.wording import write_percent

_PATTERN_WORDS = {
    "habit": "habit",
    "undecided": "habit or slip: too few repetitions to tell",
    "slip": "slip",
}
PATTERN_ORDER = ("habit", "undecided", "slip")
_SURE, _UNSURE, _UNJUDGED = (
    "Looked for, and surely no habit",
    "Looked for and not seen, in too few repetitions to rule a habit out",
    "Not to be judged from what could be measured",
)


@dataclass(frozen=True)
class PatternView:
    """Whether a fault is a habit, over a session's repetitions.

    ``shares`` are the ends of the 95 % interval of the share that shows it.
    """

    words: str
    count: str
    shares: str
    is_slip: bool


@dataclass(frozen=True)
class NotFoundGroup:
    """Issues that were not found, each with its highest probability, falling."""

    words: str
    issues: tuple[tuple[str, float], ...]


def view_pattern(row: Mapping[str, Any]) -> PatternView:
    """View a row of ``session_findings``, or a report's section of the same names."""
    low, high = (
        write_percent(row[name]) for name in ("shown_low_ratio", "shown_high_ratio")
    )
    return PatternView(
        _PATTERN_WORDS[row["pattern"]],
        f"{row['shown_count']} of {row['repetition_count']}",
        f"{low.removesuffix(' %')} to {high}",
        row["pattern"] == "slip",
    )


def list_issues_not_found(
    findings: Sequence[Row], sessions: Sequence[Row]
) -> tuple[NotFoundGroup, ...]:
    """List the issues that no repetition reports, by how sure that is.

    Parameters
    ----------
    findings, sessions
        An athlete's rows of ``findings`` and of ``session_findings``. An issue without
        a row there could be reported by no repetition.
    """
    patterns = {(row["movement"], row["issue"]): row["pattern"] for row in sessions}
    groups: dict[str, list[tuple[str, float]]] = {}
    by_issue = group_rows(list(findings), lambda row: (row["movement"], row["issue"]))
    for key, own in by_issue.items():
        if any(row["is_reported"] for row in own):
            continue
        pattern = patterns.get(key)
        words = _SURE if pattern == "absent" else _UNSURE if pattern else _UNJUDGED
        highest = max(row["probability_ratio"] for row in own)
        groups.setdefault(words, []).append((own[0]["issue_name"], highest))
    return tuple(
        NotFoundGroup(
            words, tuple(sorted(groups[words], key=lambda entry: (-entry[1], entry[0])))
        )
        for words in (_SURE, _UNSURE, _UNJUDGED)
        if words in groups
    )
