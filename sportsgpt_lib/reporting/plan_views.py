"""An athlete's training plan, ready for the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sportsgpt_lib.guidance.report import FindingSection, GuidanceReport, PlanItem
from sportsgpt_lib.reporting.anchors import exercise_anchor, finding_anchor
from sportsgpt_lib.reporting.feedback_views import FeedbackView, view_feedback
from sportsgpt_lib.reporting.page_rows import Row
from sportsgpt_lib.reporting.sentences import Mark, MarkedSentence, SentenceMarker


@dataclass(frozen=True)
class PlanView:
    """One exercise; ``dose`` pairs a figure with its meaning, ``answers`` findings."""

    anchor: str
    title: str
    source: Mark
    answers: tuple[tuple[str, str], ...]
    dose: tuple[tuple[str, str], ...]
    load: str
    how: tuple[MarkedSentence, ...]
    progression: tuple[MarkedSentence, ...]
    cue: tuple[MarkedSentence, ...]
    contraindications: tuple[MarkedSentence, ...]
    age_limits: tuple[MarkedSentence, ...]
    success: tuple[MarkedSentence, ...]
    feedback: FeedbackView | None = None


def build_plan(
    report: GuidanceReport, marker: SentenceMarker, answers: Sequence[Row] = ()
) -> tuple[PlanView, ...]:
    """Build the plan's exercises in the report's order.

    ``answers`` are rows of ``coach_feedback`` on this session.
    """
    return tuple(
        PlanView(
            anchor=exercise_anchor(report.athlete_id, number),
            title=item.exercise,
            source=marker.mark_source(item.passage),
            answers=tuple(
                (section.issue_name, _link(report, section))
                for section in report.findings
                if item.is_for(section.movement, section.issue)
            ),
            dose=_write_dose(item),
            load=item.dose.load,
            how=marker.mark(item.how),
            progression=marker.mark(item.progression),
            cue=marker.mark(item.cue),
            contraindications=marker.mark(item.contraindications),
            age_limits=marker.mark(item.age_limits),
            success=marker.mark(item.success),
            feedback=view_feedback(
                [
                    row
                    for row in answers
                    if (row["item_kind"], row["item_id"]) == ("exercise", item.passage)
                ],
                (),
                {},
            ),
        )
        for number, item in enumerate(report.plan, start=1)
    )


def _write_dose(item: PlanItem) -> tuple[tuple[str, str], ...]:
    dose = item.dose
    parts = [(f"{dose.sets} × {dose.repetitions}", "sets × repetitions")]
    if dose.hold_s is not None:
        parts.append((f"{dose.hold_s} s", "hold"))
    parts += [
        (f"{dose.rest_s} s", "rest between sets"),
        (f"{dose.sessions_per_week} ×", "a week"),
        (f"{dose.weeks}", "week" if dose.weeks == 1 else "weeks"),
    ]
    return tuple(parts)


def _link(report: GuidanceReport, section: FindingSection) -> str:
    return f"#{finding_anchor(report.athlete_id, section.movement, section.issue)}"
