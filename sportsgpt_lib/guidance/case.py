"""Gathers what a report is about: one athlete's facts, findings and evidence.

A case is built from rows of the training tables and from retrieved passages. It holds
pseudonyms only, and no coordinates. Writing is in ``writer.py`` and
``model_writer.py``.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sportsgpt_lib.guidance.fact_book import FactBook, repetition_key
from sportsgpt_lib.guidance.facts import Row, Side, find_middle
from sportsgpt_lib.guidance.report import AbsentIssue, Fact, NotJudged, Pattern
from sportsgpt_lib.knowledge.retrieval import EvidencePassage

# Chosen: what a coach reads before training.
_MOST_STRENGTHS = 4
_ORDER_OF_PATTERNS: tuple[Pattern, ...] = ("habit", "undecided", "slip")

SidePattern = Literal["left", "right", "undecided"] | None


@dataclass(frozen=True)
class Consistency:
    """How regularly a session's repetitions show an issue, from ``session_findings``.

    ``low_ratio`` and ``high_ratio`` bound the share of repetitions (95 %).
    """

    pattern: Pattern
    shown_count: int
    repetition_count: int
    low_ratio: float
    high_ratio: float
    side_pattern: SidePattern


@dataclass(frozen=True)
class IssueCase:
    """One issue of one movement that at least one repetition of the session reported.

    ``session`` says how regularly; probability, severity and ``metrics`` are of the
    repetition that shows it most. ``metrics`` and ``medians`` hold ids of facts, the
    largest contribution first; ``left_count`` and ``right_count`` are facts on the
    repetitions of one leg, None = none could show it. No ``passages`` = the knowledge
    base holds nothing on it.
    """

    issue: str
    issue_name: str
    movement: str
    dimension: str
    probability_ratio: float
    severity_ratio: float
    session: Consistency
    count: str
    left_count: str | None
    right_count: str | None
    metrics: tuple[str, ...]
    medians: tuple[str, ...]
    passages: tuple[EvidencePassage, ...] = ()

    @property
    def is_trained(self) -> bool:
        """Whether an exercise may answer it: a slip needs none."""
        return self.session.pattern != "slip"


@dataclass(frozen=True)
class IssueRows:
    """Rows that issue cases are built from, of one athlete and session.

    Of ``findings``, ``kismam_metrics``, ``session_findings`` and the session's medians.
    Every reported finding has its row among ``sessions``.
    """

    findings: Sequence[Row]
    metrics: Sequence[Row]
    sessions: Sequence[Row]
    medians: Sequence[Row]


@dataclass(frozen=True)
class Strength:
    """An indicator that is inside its target in every repetition that measured it."""

    metric: str
    count: str


@dataclass(frozen=True)
class MovementCase:
    """What was judged of one movement: ids of its count and of its score, if any."""

    movement: str
    count: str
    score: str | None


@dataclass(frozen=True)
class GuidanceCase:
    """Everything a writer may use for one athlete and session."""

    team_id: str
    session_day: date
    athlete_id: str
    movements: tuple[MovementCase, ...]
    issues: tuple[IssueCase, ...]
    absent: tuple[AbsentIssue, ...]
    strengths: tuple[Strength, ...]
    not_judged: tuple[NotJudged, ...]
    facts: Mapping[str, Fact]
    passages: Mapping[str, EvidencePassage]
    movement_sha256: Mapping[str, str]
    pose_models: tuple[str, ...]


def build_movement_cases(
    book: FactBook, scores: Sequence[Row]
) -> tuple[MovementCase, ...]:
    """Build the cases of all movements with at least one judged repetition."""
    cases = []
    for (movement,), rows in _group(scores, "movement"):
        scored = [row for row in rows if row["score_points"] is not None]
        score = book.add_score(find_middle(scored, "score_points")) if scored else None
        count = book.add_count(
            "Repetitions judged", movement, value=len(rows), total=len(rows)
        )
        cases.append(MovementCase(movement, count, score))
    return tuple(cases)


def build_issue_cases(book: FactBook, rows: IssueRows) -> tuple[IssueCase, ...]:
    """Build the cases of all issues that were seen: habits first, slips last."""
    metrics = {(*repetition_key(row), row["indicator"]): row for row in rows.metrics}
    medians = {(row["movement"], row["indicator"]): row for row in rows.medians}
    reported = _group(
        (row for row in rows.findings if row["is_reported"]), "movement", "issue"
    )
    sessions = {(row["movement"], row["issue"]): row for row in rows.sessions}
    cases = []
    for (movement, issue), own in reported:
        session = sessions[movement, issue]
        worst = min(own, key=_order_of_finding)
        evidence = sorted(
            json.loads(worst["evidence"]),
            key=lambda part: (-part["contribution_ratio"], part["indicator"]),
        )
        names = [part["indicator"] for part in evidence]
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
            tuple(book.add_metric(metrics[key]) for key in keys if key in metrics),
            tuple(
                book.add_median(medians[movement, name])
                for name in names
                if (movement, name) in medians
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


def build_strengths(book: FactBook, metrics: Sequence[Row]) -> tuple[Strength, ...]:
    """Find what lies inside its target every time; the widest margins first."""
    found = []
    for (movement, indicator), rows in _group(metrics, "movement", "indicator"):
        valid = [row for row in rows if row["validity"] == "valid"]
        if not valid or not all(_is_inside_target(row) for row in valid):
            continue
        middle = find_middle(valid, "value")
        found.append(
            (-_compute_margin(middle), movement, indicator, middle, len(valid))
        )
    found.sort(key=lambda entry: entry[:3])
    return tuple(
        Strength(
            book.add_metric(row),
            book.add_count(
                f"Repetitions with {row['indicator_name']} inside the target",
                movement,
                value=count,
                total=count,
                indicator=row["indicator"],
            ),
        )
        for _, movement, _, row, count in found[:_MOST_STRENGTHS]
    )


def find_not_judged(
    recordings: Sequence[Row], metrics: Sequence[Row]
) -> tuple[NotJudged, ...]:
    """Find what could not be judged: whole recordings, then single indicators."""
    judged = {row["recording_id"] for row in metrics}
    missing = [
        NotJudged(
            what=f"a recording of {row['movement'].replace('_', ' ')}",
            reason=(row["reason_code"] or "no repetition was found").replace("_", " "),
            movement=row["movement"],
            recording_id=row["recording_id"],
        )
        for row in sorted(recordings, key=lambda row: str(row["recording_id"]))
        if row["recording_id"] not in judged and row["role"] == "athlete"
    ]
    unmeasured = {
        (row["movement"], row["indicator_name"], row["reason"] or "no reason given")
        for row in metrics
        if row["validity"] == "not_measurable"
    }
    measured = {
        (row["movement"], row["indicator_name"])
        for row in metrics
        if row["validity"] != "not_measurable"
    }
    missing.extend(
        NotJudged(what=name, reason=reason, movement=movement)
        for movement, name, reason in sorted(unmeasured)
        if (movement, name) not in measured
    )
    return tuple(missing)


def _group(
    rows: Iterable[Row], *columns: str
) -> list[tuple[tuple[str, ...], list[Row]]]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return sorted(groups.items())


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
        f"Repetitions with {row['issue_name']}",
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
        f"Repetitions of the {side} leg with {row['issue_name']}",
        row["movement"],
        value=row[f"{side}_shown_count"],
        total=row[f"{side}_count"],
        issue=row["issue"],
        side=side,
    )


def _is_inside_target(row: Row) -> bool:
    has_target = row["target_low"] is not None or row["target_high"] is not None
    return has_target and row["deviation"] == 0


def _compute_margin(row: Row) -> float:
    """Distance to the nearer edge of the target, in errors of the value."""
    edges = [
        edge for edge in (row["target_low"], row["target_high"]) if edge is not None
    ]
    distance = min(abs(row["value"] - edge) for edge in edges)
    return float(distance / row["error"]) if row["error"] else float(distance)
