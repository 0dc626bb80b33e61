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

from sportsgpt_lib.guidance.fact_book import FactBook, repetition_key
from sportsgpt_lib.guidance.facts import Row, find_middle
from sportsgpt_lib.guidance.report import Fact, NotJudged
from sportsgpt_lib.knowledge.retrieval import EvidencePassage

# Chosen: what a coach reads before training.
_MOST_STRENGTHS = 4


@dataclass(frozen=True)
class IssueCase:
    """One reported issue of one movement, in the repetition that shows it most.

    ``metrics`` holds the ids of its facts, the largest contribution first. No
    ``passages`` = the knowledge base holds nothing on it.
    """

    issue: str
    issue_name: str
    movement: str
    dimension: str
    probability_ratio: float
    severity_ratio: float
    count: str
    metrics: tuple[str, ...]
    passages: tuple[EvidencePassage, ...] = ()


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


def build_issue_cases(
    book: FactBook, findings: Sequence[Row], metrics: Sequence[Row]
) -> tuple[IssueCase, ...]:
    """Build the cases of all reported issues, the most pressing first."""
    by_key = {(*repetition_key(row), row["indicator"]): row for row in metrics}
    cases = []
    for (movement, issue), rows in _group(findings, "movement", "issue"):
        reported = [row for row in rows if row["is_reported"]]
        if not reported:
            continue
        worst = min(reported, key=_order_of_finding)
        evidence = sorted(
            json.loads(worst["evidence"]),
            key=lambda part: (-part["contribution_ratio"], part["indicator"]),
        )
        keys = [(*repetition_key(worst), part["indicator"]) for part in evidence]
        count = book.add_count(
            f"Repetitions with {worst['issue_name']}",
            movement,
            value=len(reported),
            total=len(rows),
            issue=issue,
        )
        cases.append(
            IssueCase(
                issue,
                worst["issue_name"],
                movement,
                worst["dimension"],
                worst["probability_ratio"],
                worst["severity_ratio"],
                count,
                tuple(book.add_metric(by_key[key]) for key in keys if key in by_key),
            )
        )
    return tuple(sorted(cases, key=_order_of_case))


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


def _order_of_case(case: IssueCase) -> tuple[float, str, str]:
    return -case.probability_ratio * case.severity_ratio, case.movement, case.issue


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
