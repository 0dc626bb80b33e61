"""An athlete's findings, ready for the page.

The sentences come from the guidance report where there is one; the evidence always
comes from the rows of ``training.findings``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sportsgpt_lib.guidance.report import FindingSection, GuidanceReport
from sportsgpt_lib.reporting.anchors import (
    exercise_anchor,
    finding_anchor,
    metric_anchor,
)
from sportsgpt_lib.reporting.evidence_rows import (
    EvidenceBook,
    EvidenceRow,
    build_evidence_rows,
    write_query,
)
from sportsgpt_lib.reporting.feedback_views import FeedbackView, view_feedback
from sportsgpt_lib.reporting.figures import Figure, FigureShelf
from sportsgpt_lib.reporting.page_rows import (
    MetricKey,
    RepetitionKey,
    Row,
    group_rows,
    parse_json,
)
from sportsgpt_lib.reporting.pattern_views import (
    PATTERN_ORDER,
    PatternView,
    view_pattern,
)
from sportsgpt_lib.reporting.sentences import (
    MarkedSentence,
    SentenceMarker,
    find_metric_key,
)
from sportsgpt_lib.reporting.wording import DIMENSION_TITLES, write_name

# Chosen: more pictures of one finding tell nothing new.
_MOST_FIGURES = 3


@dataclass(frozen=True)
class EvidencePart:
    """An indicator's share in a finding; ``href`` None = not on the page."""

    name: str
    contribution_ratio: float
    href: str | None


@dataclass(frozen=True)
class EvidenceLine:
    """What one repetition says of a finding."""

    repetition: str
    probability_ratio: float
    severity_ratio: float
    is_reported: bool
    parts: tuple[EvidencePart, ...]


@dataclass(frozen=True)
class FindingView:
    """One technique fault. Without a report the sentences are empty."""

    anchor: str
    number: int
    title: str
    movement: str
    dimension: str
    probability_ratio: float
    severity_ratio: float
    seen: tuple[MarkedSentence, ...]
    why: tuple[MarkedSentence, ...]
    cause: tuple[MarkedSentence, ...]
    figures: tuple[Figure, ...]
    evidence: tuple[EvidenceLine, ...]
    rows: tuple[EvidenceRow, ...]
    query: str | None
    exercises: tuple[tuple[str, str], ...]
    is_answered: bool
    pattern: PatternView | None = None
    feedback: FeedbackView | None = None


@dataclass(frozen=True)
class FindingMaterial:
    """What the findings of one athlete are built from.

    ``rows`` are those of ``training.findings``, ``sessions`` those of
    ``training.session_findings``; ``metric_names`` maps the metrics on
    the page to their names; ``repetitions`` words for each repetition. ``book``
    finds the rows behind. ``answers`` and ``margins`` are those of
    ``training.coach_feedback`` and ``training.finding_margins``.
    """

    athlete_id: str
    rows: Sequence[Row]
    metric_names: Mapping[MetricKey, str]
    repetitions: Mapping[RepetitionKey, str]
    shelf: FigureShelf
    book: EvidenceBook
    sessions: Sequence[Row] = ()
    answers: Sequence[Row] = ()
    margins: Sequence[Row] = ()


def build_written_findings(
    report: GuidanceReport, marker: SentenceMarker, material: FindingMaterial
) -> tuple[FindingView, ...]:
    """Build the findings of a guidance report, in its order."""
    keys_of_facts = {fact.id: find_metric_key(fact) for fact in report.facts}
    views = []
    for number, section in enumerate(report.findings, start=1):
        own = _select_issue(material.rows, section.movement, section.issue)
        cited = [keys_of_facts.get(name) for name in section.facts]
        views.append(
            FindingView(
                anchor=finding_anchor(
                    report.athlete_id, section.movement, section.issue
                ),
                number=number,
                title=section.issue_name,
                movement=write_name(section.movement),
                dimension=_title_dimension(section.dimension),
                probability_ratio=section.probability_ratio,
                severity_ratio=section.severity_ratio,
                seen=marker.mark(section.seen),
                why=marker.mark(section.why),
                cause=marker.mark(section.cause),
                figures=_take_figures(
                    [key for key in cited if key is not None], own, material.shelf
                ),
                evidence=_build_evidence(own, material),
                rows=_list_rows(own, material),
                query=write_query(own) if own else None,
                exercises=_list_exercises(report, section),
                is_answered=section.is_answered,
                pattern=view_pattern(dict(section)),
                feedback=_view_feedback(section.movement, section.issue, material),
            )
        )
    return tuple(views)


def build_bare_findings(material: FindingMaterial) -> tuple[FindingView, ...]:
    """Build findings from their rows alone: habits first, then the most pressing."""
    groups = group_rows(
        [row for row in material.rows if row["is_reported"]],
        lambda row: (row["movement"], row["issue"]),
    )
    sessions = {(row["movement"], row["issue"]): row for row in material.sessions}
    worst = sorted(
        (max(rows, key=_weigh) for rows in groups.values()),
        key=lambda row: (_find_place(sessions, row), -_weigh(row)),
    )
    views = []
    for number, row in enumerate(worst, start=1):
        session = sessions.get((row["movement"], row["issue"]))
        own = _select_issue(material.rows, row["movement"], row["issue"])
        views.append(
            FindingView(
                anchor=finding_anchor(
                    material.athlete_id, row["movement"], row["issue"]
                ),
                number=number,
                title=row["issue_name"],
                movement=write_name(row["movement"]),
                dimension=_title_dimension(row["dimension"]),
                probability_ratio=row["probability_ratio"],
                severity_ratio=row["severity_ratio"],
                seen=(),
                why=(),
                cause=(),
                figures=_take_figures([], own, material.shelf),
                evidence=_build_evidence(own, material),
                rows=_list_rows(own, material),
                query=write_query(own),
                exercises=(),
                is_answered=True,
                pattern=None if session is None else view_pattern(session),
                feedback=_view_feedback(row["movement"], row["issue"], material),
            )
        )
    return tuple(views)


def _view_feedback(
    movement: str, issue: str, material: FindingMaterial
) -> FeedbackView | None:
    names = {key[2]: name for key, name in material.metric_names.items()}
    return view_feedback(
        _select_issue(material.answers, movement, issue),
        _select_issue(material.margins, movement, issue),
        names,
    )


def _take_figures(
    cited: Sequence[MetricKey], own: Sequence[Row], shelf: FigureShelf
) -> tuple[Figure, ...]:
    """Take the pictures of what the text cites, then of the worst repetition.

    The first one is shown even where another finding shows it too.
    """
    worst = _find_worst(own)
    keys = [*cited, *(_list_evidence_keys(worst) if worst else [])]
    shown = [key for key in dict.fromkeys(keys) if shelf.has(key)][:_MOST_FIGURES]
    fresh = shelf.take(shown)
    if shown and all(figure.picture.key != shown[0] for figure in fresh):
        return (shelf.repeat(shown[0]), *fresh)
    return fresh


def _find_worst(own: Sequence[Row]) -> Row | None:
    reported = [row for row in own if row["is_reported"]]
    return max(reported, key=_weigh) if reported else None


def _list_rows(
    own: Sequence[Row], material: FindingMaterial
) -> tuple[EvidenceRow, ...]:
    worst = _find_worst(own)
    return build_evidence_rows(worst, material.book) if worst else ()


def _build_evidence(
    rows: Iterable[Row], material: FindingMaterial
) -> tuple[EvidenceLine, ...]:
    lines = []
    for row in rows:
        repetition = row["recording_id"], row["repetition_idx"]
        parts = []
        for part in parse_json(row["evidence"]):
            key = (*repetition, part["indicator"])
            is_shown = key in material.metric_names
            parts.append(
                EvidencePart(
                    material.metric_names.get(key, write_name(part["indicator"])),
                    part["contribution_ratio"],
                    f"#{metric_anchor(*key)}" if is_shown else None,
                )
            )
        parts.sort(key=lambda part: -part.contribution_ratio)
        lines.append(
            EvidenceLine(
                material.repetitions.get(repetition, str(row["repetition_idx"] + 1)),
                row["probability_ratio"],
                row["severity_ratio"],
                row["is_reported"],
                tuple(parts),
            )
        )
    return tuple(lines)


def _list_exercises(
    report: GuidanceReport, section: FindingSection
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (item.exercise, f"#{exercise_anchor(report.athlete_id, number)}")
        for number, item in enumerate(report.plan, start=1)
        if item.is_for(section.movement, section.issue)
    )


def _list_evidence_keys(row: Row) -> list[MetricKey]:
    return [
        (row["recording_id"], row["repetition_idx"], part["indicator"])
        for part in parse_json(row["evidence"])
    ]


def _select_issue(rows: Iterable[Row], movement: str, issue: str) -> list[Row]:
    return [row for row in rows if (row["movement"], row["issue"]) == (movement, issue)]


def _find_place(sessions: Mapping[tuple[str, str], Row], row: Row) -> int:
    session = sessions.get((row["movement"], row["issue"]))
    return PATTERN_ORDER.index(session["pattern"]) if session else len(PATTERN_ORDER)


def _weigh(row: Row) -> float:
    return float(row["probability_ratio"] * row["severity_ratio"])


def _title_dimension(name: str) -> str:
    return DIMENSION_TITLES.get(name, write_name(name))
