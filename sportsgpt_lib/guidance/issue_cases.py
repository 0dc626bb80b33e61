"""Puts together what a session knows of each issue: seen ones, and those never seen."""

import json
from collections.abc import Sequence

from sportsgpt_lib.guidance.case import Consistency, IssueCase
from sportsgpt_lib.guidance.fact_book import FactBook, repetition_key
from sportsgpt_lib.guidance.facts import Row, Side, group_rows
from sportsgpt_lib.guidance.report import AbsentIssue, Pattern

_ORDER_OF_PATTERNS: tuple[Pattern, ...] = ("habit", "undecided", "slip")


def build_issue_cases(
    book: FactBook,
    findings: Sequence[Row],
    metrics: Sequence[Row],
    sessions: Sequence[Row],
    medians: Sequence[Row],
) -> tuple[IssueCase, ...]:
    """Build the cases of all issues that were seen: habits first, slips last.

    Parameters
    ----------
    book
        Numbers the facts.
    findings, metrics, sessions, medians
        Rows of ``findings``, ``kismam_metrics``, ``session_findings`` and the session's
        medians. Every reported finding has its row among ``sessions``.
    """
    metric_rows = {(*repetition_key(row), row["indicator"]): row for row in metrics}
    median_rows = {(row["movement"], row["indicator"]): row for row in medians}
    session_rows = {(row["movement"], row["issue"]): row for row in sessions}
    reported = group_rows(
        (row for row in findings if row["is_reported"]), "movement", "issue"
    )
    cases = []
    for (movement, issue), own in reported:
        session = session_rows[movement, issue]
        worst = min(own, key=_order_of_finding)
        names = _list_evidence(worst)
        keys = [(*repetition_key(worst), name) for name in names]
        case = IssueCase(
            issue,
            worst["issue_name"],
            movement,
            worst["dimension"],
            worst["probability_ratio"],
            worst["severity_ratio"],
            _read_consistency(session),
            _add_count(book, session),
            _add_count_of_leg(book, session, "left"),
            _add_count_of_leg(book, session, "right"),
            tuple(
                book.add_metric(metric_rows[key]) for key in keys if key in metric_rows
            ),
            tuple(
                book.add_median(median_rows[movement, name])
                for name in names
                if (movement, name) in median_rows
            ),
        )
        cases.append((_order_of_case(case, session), case))
    return tuple(case for _, case in sorted(cases, key=lambda entry: entry[0]))


def list_absent(sessions: Sequence[Row]) -> tuple[AbsentIssue, ...]:
    """List what was looked for and never seen; what is surely no habit first."""
    absent = [
        AbsentIssue(
            issue=row["issue"],
            issue_name=row["issue_name"],
            movement=row["movement"],
            repetition_count=row["repetition_count"],
            is_sure=row["pattern"] == "absent",
            shown_high_ratio=row["shown_high_ratio"],
        )
        for row in sessions
        if not row["shown_count"]
    ]
    return tuple(
        sorted(absent, key=lambda part: (not part.is_sure, part.movement, part.issue))
    )


def _list_evidence(finding: Row) -> list[str]:
    """List the indicators of a finding, the largest contribution first."""
    evidence = sorted(
        json.loads(finding["evidence"]),
        key=lambda part: (-part["contribution_ratio"], part["indicator"]),
    )
    return [part["indicator"] for part in evidence]


def _order_of_finding(row: Row) -> tuple[float, str, int]:
    weight = row["probability_ratio"] * row["severity_ratio"]
    return -weight, *repetition_key(row)


def _order_of_case(case: IssueCase, session: Row) -> tuple[int, float, float, str, str]:
    """Order by pattern, then by the session's medians, then by the worst repetition."""
    return (
        _ORDER_OF_PATTERNS.index(case.session.pattern),
        -session["probability_ratio"] * session["severity_ratio"],
        -case.probability_ratio * case.severity_ratio,
        case.movement,
        case.issue,
    )


def _read_consistency(row: Row) -> Consistency:
    return Consistency(
        row["pattern"],
        row["shown_count"],
        row["repetition_count"],
        row["shown_low_ratio"],
        row["shown_high_ratio"],
        row["side_pattern"],
    )


def _add_count(book: FactBook, row: Row) -> str:
    return book.add_count(
        book.wording.say("label.shown", issue=row["issue_name"]),
        row["movement"],
        value=row["shown_count"],
        total=row["repetition_count"],
        issue=row["issue"],
        share=(row["shown_low_ratio"], row["shown_high_ratio"]),
    )


def _add_count_of_leg(book: FactBook, row: Row, side: Side) -> str | None:
    """Add how many repetitions of a leg showed an issue; None = none of it could."""
    if not row[f"{side}_count"]:
        return None
    return book.add_count(
        book.wording.say(f"label.shown_{side}", issue=row["issue_name"]),
        row["movement"],
        value=row[f"{side}_shown_count"],
        total=row[f"{side}_count"],
        issue=row["issue"],
        side=side,
    )
