"""Stage ``guidance_reports``: one report for one athlete and one session.

Unlike the other stages it works on an athlete's whole session, not on one recording.
What may be said is decided in ``sportsgpt_lib/guidance``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from sportsgpt_lib.guidance.assembly import assemble_report
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.case_building import CaseIdentity, build_case
from sportsgpt_lib.guidance.evidence import ask_knowledge_version, find_evidence
from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.guidance.report_text import Writer
from sportsgpt_lib.guidance.review import review_report
from sportsgpt_lib.guidance.verification.means import RULES_ONLY, Means
from sportsgpt_lib.knowledge.retrieval import Retriever
from sportsgpt_lib.language import DEFAULT_LANGUAGE, Language
from sportsgpt_lib.stages.guidance_sentences import SIDE_TABLE, build_sentence_rows

CODE_VERSION = "guidance_reports-5"
READS = (
    *("recordings", "keyframes", "kismam_metrics", "findings", "technique_scores"),
    "session_findings",
)
SESSION_MEDIANS = "session_medians"


@dataclass(frozen=True)
class ReportRows:
    """The row of a report, and the verifier's on each of its sentences."""

    report: pl.DataFrame
    sentences: pl.DataFrame


class GuidanceReportStage:
    """Writes the guidance report of one athlete and session.

    The same rows, knowledge base, writer and language give the same bytes.
    """

    table_name = "guidance_reports"
    side_tables: tuple[str, ...] = (SIDE_TABLE,)
    reads = READS
    code_version = CODE_VERSION

    def __init__(
        self,
        retriever: Retriever,
        writer: Writer,
        language: Language = DEFAULT_LANGUAGE,
        means: Means = RULES_ONLY,
    ) -> None:
        self._retriever = retriever
        self._writer = writer
        self._language: Language = language
        self._means = means

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
        version = ask_knowledge_version(self._retriever)
        case = self.build_case(
            team_id, session_day, athlete_id, tables, has_knowledge=version is not None
        )
        return self.write(case, version).report

    def build_case(
        self,
        team_id: str,
        session_day: date,
        athlete_id: str,
        tables: Mapping[str, pl.DataFrame],
        *,
        has_knowledge: bool = True,
    ) -> GuidanceCase:
        """Build what the writer is given; ``tables`` as in ``compute``.

        ``has_knowledge`` False = the knowledge base is known to be down and is not
        asked. The case says whether it answered.
        """
        identity = CaseIdentity(team_id, session_day, athlete_id)
        case = build_case(identity, tables, self._language)
        issues = find_evidence(self._retriever, case.issues) if has_knowledge else None
        if issues is None:
            return replace(case, has_knowledge=False)
        passages = {
            passage.passage_id: passage
            for issue in issues
            for passage in issue.passages
        }
        return replace(case, issues=issues, passages=passages)

    def write(self, case: GuidanceCase, knowledge_version: str | None) -> ReportRows:
        """Write the rows of a case; ``knowledge_version`` None = it could not be asked.

        A case without knowledge has no version, whatever was asked before.
        """
        report = assemble_report(
            case,
            self._writer.write(case),
            knowledge_version=knowledge_version if case.has_knowledge else None,
            embedding_model=self._retriever.embedding_model,
            means=self._means,
        )
        verdicts = review_report(report, case, self._means)
        is_verified = all(verdict.is_kept for verdict in verdicts)
        return ReportRows(
            _build_row(report, is_verified=is_verified),
            build_sentence_rows(report, verdicts, CODE_VERSION),
        )


def _build_row(report: GuidanceReport, *, is_verified: bool) -> pl.DataFrame:
    citations = {
        citation.key for source in report.sources for citation in source.citations
    }
    return pl.DataFrame(
        {
            "team_id": report.team_id,
            "session_day": report.session_day,
            "athlete_id": report.athlete_id,
            "report_id": report.report_id,
            "report": report.to_json(),
            "schema_version": report.schema_version,
            "language": report.language,
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
        schema_overrides={
            "prompt_version": pl.String,
            "knowledge_version": pl.String,
        },
    )
