"""Stage ``guidance_reports``: one report for one athlete and one session.

Unlike the other stages it works on an athlete's whole session, not on one recording.
What may be said is decided in ``sportsgpt_lib/guidance``.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.guidance.assembly import assemble_report, is_verified
from sportsgpt_lib.guidance.case import (
    GuidanceCase,
    IssueCase,
    IssueRows,
    build_issue_cases,
    build_movement_cases,
    build_strengths,
    find_not_judged,
    list_absent,
)
from sportsgpt_lib.guidance.fact_book import FactBook
from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.guidance.report_text import Writer, select_quotable
from sportsgpt_lib.knowledge.retrieval import (
    EvidencePassage,
    Retriever,
    build_issue_question,
)
from sportsgpt_lib.sports.loader import load_movement

CODE_VERSION = "guidance_reports-4"
READS = (
    *("recordings", "keyframes", "kismam_metrics", "findings", "technique_scores"),
    "session_findings",
)
SESSION_MEDIANS = "session_medians"


class GuidanceReportStage:
    """Writes the guidance report of one athlete and session.

    The same rows, knowledge base and writer give the same bytes.
    """

    table_name = "guidance_reports"
    side_tables: tuple[str, ...] = ()
    reads = READS
    code_version = CODE_VERSION

    def __init__(self, retriever: Retriever, writer: Writer) -> None:
        self._retriever = retriever
        self._writer = writer

    def compute(
        self,
        team_id: str,
        session_day: date,
        athlete_id: str,
        tables: Mapping[str, pl.DataFrame],
    ) -> pl.DataFrame:
        """Compute one row of ``training.guidance_reports``.

        ``tables`` holds the athlete's rows of this session, by the names in ``READS``,
        and those of ``session_medians``.
        """
        case = self._build_case(team_id, session_day, athlete_id, tables)
        report = assemble_report(
            case,
            self._writer.write(case),
            knowledge_version=self._retriever.compute_knowledge_version(),
            embedding_model=self._retriever.embedding_model,
        )
        return _build_row(report, is_verified=is_verified(report, case))

    def _build_case(
        self,
        team_id: str,
        session_day: date,
        athlete_id: str,
        tables: Mapping[str, pl.DataFrame],
    ) -> GuidanceCase:
        recordings, metrics, findings, scores, sessions, medians = (
            _sort_rows(tables[name]).to_dicts()
            for name in (
                *("recordings", "kismam_metrics", "findings", "technique_scores"),
                *("session_findings", SESSION_MEDIANS),
            )
        )
        book = FactBook(tables["keyframes"])
        movements = build_movement_cases(book, scores)
        issues = tuple(
            replace(issue, passages=self._find_evidence(issue))
            for issue in build_issue_cases(
                book, IssueRows(findings, metrics, sessions, medians)
            )
        )
        return GuidanceCase(
            team_id=team_id,
            session_day=session_day,
            athlete_id=athlete_id,
            movements=movements,
            issues=issues,
            absent=list_absent(sessions),
            strengths=build_strengths(book, metrics),
            not_judged=find_not_judged(recordings, metrics),
            facts=book.facts,
            passages={
                passage.passage_id: passage
                for issue in issues
                for passage in issue.passages
            },
            movement_sha256={
                row["movement"]: row["movement_sha256"] for row in metrics
            },
            pose_models=tuple(sorted({row["pose_model"] for row in metrics})),
        )

    def _find_evidence(self, issue: IssueCase) -> tuple[EvidencePassage, ...]:
        found = self._retriever.retrieve(
            _build_question(issue), movement=issue.movement, issue=issue.issue
        )
        return select_quotable(found)


def _build_question(issue: IssueCase) -> str:
    """Build the question from the issue's own words, or its name if undefined."""
    try:
        return build_issue_question(load_movement(issue.movement).issue(issue.issue))
    except (MovementFileError, KeyError):
        return issue.issue_name


def _sort_rows(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ("recording_id", "repetition_idx", "movement", "indicator", "issue")
    return rows.sort([key for key in keys if key in rows.columns])


def _build_row(report: GuidanceReport, *, is_verified: bool) -> pl.DataFrame:
    citations = {
        citation.key for source in report.sources for citation in source.citations
    }
    text = report.to_json()
    return pl.DataFrame(
        {
            "team_id": report.team_id,
            "session_day": report.session_day,
            "athlete_id": report.athlete_id,
            "report_id": report.report_id,
            "report": text,
            "writer": report.writer.model or report.writer.name,
            "prompt_version": report.writer.prompt_version,
            "knowledge_version": report.versions.knowledge_version,
            "embedding_model": report.versions.embedding_model,
            "finding_count": len(report.findings),
            "citation_count": len(citations),
            "dropped_count": len(report.dropped),
            "is_verified": is_verified,
            "code_version": CODE_VERSION,
        },
        schema_overrides={"prompt_version": pl.String},
    )
