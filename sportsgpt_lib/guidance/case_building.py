"""Builds the case of one athlete's session from rows of the training tables.

Which issues there are and what is known of them is put together in ``issue_cases.py``.
Evidence comes in from outside: see ``evidence.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from sportsgpt_lib.guidance.case import GuidanceCase, MovementCase, Strength
from sportsgpt_lib.guidance.fact_book import FactBook
from sportsgpt_lib.guidance.facts import Row, find_middle, group_rows
from sportsgpt_lib.guidance.issue_cases import build_issue_cases, list_absent
from sportsgpt_lib.guidance.limits import read_limits
from sportsgpt_lib.guidance.names import CaseNames
from sportsgpt_lib.guidance.report import NotJudged
from sportsgpt_lib.guidance.wording import load_wording
from sportsgpt_lib.kismam.change import CONFIDENCE_Z
from sportsgpt_lib.language import DEFAULT_LANGUAGE, Language

# Chosen: what a coach reads before training.
_MOST_STRENGTHS = 4
_MOST_CLOSE = 3

CASE_TABLES = (
    *("recordings", "keyframes", "kismam_metrics", "findings", "technique_scores"),
    *("session_findings", "session_medians"),
)
"""What a case is built from: tables of the lake, and the session's medians as
``stages/session_medians.py`` builds them."""


@dataclass(frozen=True)
class CaseIdentity:
    """Whose session it is; ``athlete_id`` is a pseudonym."""

    team_id: str
    session_day: date
    athlete_id: str


def build_case(
    identity: CaseIdentity,
    tables: Mapping[str, pl.DataFrame],
    language: Language = DEFAULT_LANGUAGE,
) -> GuidanceCase:
    """Build the case of one athlete's session, without evidence.

    Parameters
    ----------
    identity
        Whose session it is.
    tables
        The athlete's rows by the names in ``CASE_TABLES``, in any order.
    language
        The language of names, labels and reasons.
    """
    names = CaseNames(language)
    rows = {
        name: names.translate(_sort_rows(tables[name]).to_dicts())
        for name in CASE_TABLES
        if name != "keyframes"
    }
    metrics, medians = rows["kismam_metrics"], rows["session_medians"]
    book = FactBook(tables["keyframes"], load_wording(language))
    movements = _build_movement_cases(book, rows["technique_scores"])
    issues = build_issue_cases(
        book, rows["findings"], metrics, rows["session_findings"], medians
    )
    reported = {
        (issue.movement, book.facts[name].indicator)
        for issue in issues
        for name in issue.metrics
    }
    close = _find_close_to_limit(medians, reported)
    not_judged = _find_not_judged(rows["recordings"], metrics, names, book)
    return GuidanceCase(
        team_id=identity.team_id,
        session_day=identity.session_day,
        athlete_id=identity.athlete_id,
        movements=movements,
        issues=issues,
        absent=list_absent(rows["session_findings"]),
        strengths=_build_strengths(book, metrics, close),
        not_judged=not_judged,
        facts=book.facts,
        passages={},
        movement_sha256={row["movement"]: row["movement_sha256"] for row in metrics},
        pose_models=tuple(sorted({row["pose_model"] for row in metrics})),
        limits=read_limits(rows["recordings"]),
        language=language,
        movement_names={
            movement: names.movement(movement)
            for movement in sorted(
                {row["movement"] for part in rows.values() for row in part}
            )
        },
        close_to_limit=tuple(book.add_median(row) for row in close),
    )


def _build_movement_cases(
    book: FactBook, scores: Sequence[Row]
) -> tuple[MovementCase, ...]:
    """Build the cases of all movements with at least one judged repetition."""
    cases = []
    for (movement,), rows in group_rows(scores, "movement"):
        scored = [row for row in rows if row["score_points"] is not None]
        score = book.add_score(find_middle(scored, "score_points")) if scored else None
        count = book.add_count(
            book.wording.say("label.judged"),
            movement,
            value=len(rows),
            total=len(rows),
        )
        cases.append(MovementCase(movement, count, score, len(scored)))
    return tuple(cases)


def _build_strengths(
    book: FactBook, metrics: Sequence[Row], close: Sequence[Row]
) -> tuple[Strength, ...]:
    """Find what lies inside its target every time; the widest margins first.

    What is close to its limit is no strength.
    """
    doubtful = {(row["movement"], row["indicator"]) for row in close}
    found = []
    for (movement, indicator), rows in group_rows(metrics, "movement", "indicator"):
        valid = [row for row in rows if row["validity"] == "valid"]
        if not valid or (movement, indicator) in doubtful:
            continue
        if not all(_is_inside_target(row) for row in valid):
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
                book.wording.say("label.inside", indicator=row["indicator_name"]),
                movement,
                value=count,
                total=count,
                indicator=row["indicator"],
            ),
        )
        for _, movement, _, row, count in found[:_MOST_STRENGTHS]
    )


def _find_close_to_limit(
    medians: Sequence[Row], reported: set[tuple[str, str | None]]
) -> list[Row]:
    """Find medians inside their target by less than their error; the closest first.

    What a finding speaks of is left to the finding.
    """
    found = []
    for row in medians:
        low, high, value = row["target_low"], row["target_high"], row["median"]
        edges = [edge for edge in (low, high) if edge is not None]
        error = row["standard_error"]
        if not edges or not error or (row["movement"], row["indicator"]) in reported:
            continue
        if (low is not None and value < low) or (high is not None and value > high):
            continue
        margin = min(abs(value - edge) for edge in edges)
        if margin < CONFIDENCE_Z * error:
            found.append((margin / error, row["movement"], row["indicator"], row))
    found.sort(key=lambda entry: entry[:3])
    return [row for *_, row in found[:_MOST_CLOSE]]


def _find_not_judged(
    recordings: Sequence[Row], metrics: Sequence[Row], names: CaseNames, book: FactBook
) -> tuple[NotJudged, ...]:
    """Find what could not be judged: whole recordings, then single indicators."""
    wording = book.wording
    judged = {row["recording_id"] for row in metrics}
    missing = [
        NotJudged(
            what=wording.say(
                "missing.recording",
                movement=wording.inside(names.movement(row["movement"])),
            ),
            reason=names.reason_code(row["reason_code"]),
            movement=row["movement"],
            recording_id=row["recording_id"],
        )
        for row in sorted(recordings, key=lambda row: str(row["recording_id"]))
        if row["recording_id"] not in judged and row["role"] == "athlete"
    ]
    no_reason = wording.say("missing.no_reason")
    unmeasured = {
        (row["movement"], row["indicator_name"], row["reason"] or no_reason)
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


def _sort_rows(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ("recording_id", "repetition_idx", "movement", "indicator", "issue")
    return rows.sort([key for key in keys if key in rows.columns])


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
