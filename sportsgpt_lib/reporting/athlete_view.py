"""One athlete's part of the session page, put together from rows and report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sportsgpt_lib.athlete_groups import describe_groups
from sportsgpt_lib.errors import ReportVersionError
from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.guidance.report_versions import read_report
from sportsgpt_lib.reporting.anchors import build_anchor
from sportsgpt_lib.reporting.evidence_rows import EvidenceBook
from sportsgpt_lib.reporting.figures import FigureShelf
from sportsgpt_lib.reporting.finding_views import (
    FindingMaterial,
    FindingView,
    build_bare_findings,
    build_written_findings,
)
from sportsgpt_lib.reporting.metric_tables import TargetSources
from sportsgpt_lib.reporting.movement_views import (
    MovementMaterial,
    MovementView,
    build_movement,
    name_repetitions,
)
from sportsgpt_lib.reporting.page_rows import PageRows, Row, metric_key, parse_json
from sportsgpt_lib.reporting.pattern_views import NotFoundGroup, list_issues_not_found
from sportsgpt_lib.reporting.plan_views import PlanView, build_plan
from sportsgpt_lib.reporting.sentences import (
    MarkedSentence,
    SentenceMarker,
    SourceView,
    find_language_tag,
)
from sportsgpt_lib.reporting.wording import shorten_hash, write_name
from sportsgpt_lib.sports.definition import Movement


@dataclass(frozen=True)
class WrittenPart:
    """What only a guidance report can give; ``plan_note`` explains a missing plan.

    ``language_tag`` names the language of its words; None = the page's own.
    ``withheld`` pairs exercises with why they do not suit.
    """

    language_tag: str | None
    summary: tuple[MarkedSentence, ...]
    strengths: tuple[MarkedSentence, ...]
    close_to_limit: tuple[MarkedSentence, ...]
    plan: tuple[PlanView, ...]
    plan_note: str | None
    withheld: tuple[tuple[str, str], ...]
    film_next: tuple[str, ...]
    knowledge_fault: str | None
    sources: tuple[SourceView, ...]
    dropped: tuple[tuple[str, str, str], ...]
    writer: str
    fallback_reason: str | None
    is_verified: bool
    provenance: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AthleteView:
    """One athlete's section; ``written`` None = no guidance was written.

    ``groups`` is what the manifest tells of the athlete, empty where it tells nothing.
    ``report_notice`` says why a stored report is not shown; None = it is, or none is.
    ``plan_sheet`` is the address of the sheet to print; None = there is none.
    """

    anchor: str
    athlete_id: str
    groups: str
    written: WrittenPart | None
    report_notice: str | None
    findings: tuple[FindingView, ...]
    not_found: tuple[NotFoundGroup, ...]
    movements: tuple[MovementView, ...]
    not_judged: tuple[tuple[str, str], ...]
    target_sources: tuple[SourceView, ...]
    plan_sheet: str | None = None


def build_athlete(
    athlete_id: str,
    rows: PageRows,
    shelf: FigureShelf,
    movements: Mapping[str, Movement],
    overlays: Mapping[str, str],
) -> AthleteView:
    """Build one athlete's section.

    Parameters
    ----------
    athlete_id
        The athlete's pseudonym.
    rows
        The partition's tables.
    shelf
        The pictures of the whole page.
    movements
        Definitions by name, for titles, meanings and sources of targets; one that is
        missing leaves these out.
    overlays
        Addresses of the overlay videos by the clip's SHA-256.
    """
    metrics = rows.select("kismam_metrics", athlete_id=athlete_id)
    findings = rows.select("findings", athlete_id=athlete_id)
    sessions = rows.select("session_findings", athlete_id=athlete_id)
    answers = rows.select("coach_feedback", athlete_id=athlete_id)
    targets = TargetSources(athlete_id, movements)
    repetitions = name_repetitions(rows)
    finding_material = FindingMaterial(
        athlete_id,
        findings,
        {metric_key(row): row["indicator_name"] for row in metrics},
        repetitions,
        shelf,
        EvidenceBook(
            {metric_key(row): row for row in metrics},
            repetitions,
            {
                row["recording_id"]: row["clip_file"]
                for row in rows.select("recordings")
            },
            targets,
        ),
        sessions,
        answers,
        rows.select("finding_margins", athlete_id=athlete_id),
    )
    guidance = next(iter(rows.select("guidance_reports", athlete_id=athlete_id)), None)
    report, report_notice = _read_stored(guidance)
    marker = SentenceMarker(report, metrics) if report else None
    if report and marker:
        finding_views = build_written_findings(report, marker, finding_material)
    else:
        finding_views = build_bare_findings(finding_material)
    material = MovementMaterial(
        rows=rows,
        athlete_id=athlete_id,
        movements=movements,
        overlays=overlays,
        repetitions=finding_material.repetitions,
        fact_labels=marker.list_fact_labels() if marker else {},
        shelf=shelf,
        targets=targets,
    )
    names = sorted(
        {row["movement"] for row in rows.select("recordings", athlete_id=athlete_id)}
    )
    movement_views = tuple(build_movement(name, material) for name in names)
    return AthleteView(
        anchor=build_anchor("athlete", athlete_id),
        athlete_id=athlete_id,
        groups=_describe_groups(rows, athlete_id),
        written=_build_written(report, marker, guidance, answers),
        report_notice=report_notice,
        findings=finding_views,
        not_found=list_issues_not_found(findings, sessions),
        movements=tuple(view for view in movement_views if view.recordings),
        not_judged=_list_not_judged(report, metrics),
        target_sources=targets.list_sources(),
    )


def _describe_groups(rows: PageRows, athlete_id: str) -> str:
    known = [
        group
        for row in rows.select("recordings", athlete_id=athlete_id)
        for group in parse_json(row["athlete_groups"])
    ]
    return describe_groups(known)


def _read_stored(guidance: Row | None) -> tuple[GuidanceReport | None, str | None]:
    """Read a stored report, or say why it cannot be shown."""
    if guidance is None:
        return None, None
    try:
        return read_report(guidance["report"]), None
    except ReportVersionError as error:
        found = error.found[:1].upper() + error.found[1:]
        return None, f"{found}. To see guidance here, {error.fix}."


def _build_written(
    report: GuidanceReport | None,
    marker: SentenceMarker | None,
    guidance: Row | None,
    answers: Sequence[Row],
) -> WrittenPart | None:
    if report is None or marker is None or guidance is None:
        return None
    versions = report.versions
    prompt = report.writer.prompt_version
    return WrittenPart(
        language_tag=find_language_tag(report),
        summary=marker.mark(report.summary),
        strengths=marker.mark(report.strengths),
        close_to_limit=marker.mark(report.close_to_limit),
        plan=build_plan(report, marker, answers),
        plan_note=report.plan_note,
        withheld=tuple((part.exercise, part.reason) for part in report.withheld),
        film_next=report.film_next,
        knowledge_fault=report.knowledge_fault,
        sources=marker.list_sources(),
        dropped=tuple(
            (part.section, part.text, part.reason) for part in report.dropped
        ),
        writer=guidance["writer"],
        fallback_reason=report.writer.fallback_reason,
        is_verified=guidance["is_verified"],
        provenance=(
            ("Report", guidance["report_id"]),
            ("Written by", guidance["writer"]),
            ("Prompt version", prompt or "–"),
            ("Knowledge base", shorten_hash(versions.knowledge_version)),
            ("Report schema", report.schema_version),
            ("Embedding model", versions.embedding_model),
            ("Code version", guidance["code_version"]),
        ),
    )


def _list_not_judged(
    report: GuidanceReport | None, metrics: Sequence[Row]
) -> tuple[tuple[str, str], ...]:
    """List what could not be judged and why; without a report from metrics alone."""
    if report is not None:
        return tuple(
            (f"{_write_prefix(report, part.movement)}{part.what}", part.reason)
            for part in report.not_judged
        )
    listed = {
        (row["indicator_name"], row["reason"] or "no reason given")
        for row in metrics
        if row["validity"] == "not_measurable"
    }
    return tuple(sorted(listed))


def _write_prefix(report: GuidanceReport, movement: str | None) -> str:
    if movement is None:
        return ""
    return f"{report.movement_names.get(movement, write_name(movement))}: "
