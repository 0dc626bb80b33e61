"""Verifies a finished report once more, sentence by sentence, for the record.

What is stored of the verifier is this second look, so the record is of the report as
it is, whoever put it together.
"""

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.guidance.report_text import FindingText, ReportText
from sportsgpt_lib.guidance.verification.means import RULES_ONLY, Means
from sportsgpt_lib.guidance.verification.verdicts import SentenceVerdict
from sportsgpt_lib.guidance.verifier import verify_text


def review_report(
    report: GuidanceReport, case: GuidanceCase, means: Means = RULES_ONLY
) -> tuple[SentenceVerdict, ...]:
    """Review every sentence and exercise of a report, in reading order.

    A verdict that is not kept says that the report holds what it must not.
    """
    text = ReportText(
        summary=report.summary,
        strengths=report.strengths,
        close_to_limit=report.close_to_limit,
        findings=tuple(
            FindingText(
                issue=part.issue,
                movement=part.movement,
                seen=part.seen,
                why=part.why,
                cause=part.cause,
            )
            for part in report.findings
        ),
        plan=report.plan,
    )
    return verify_text(text, case, means).verdicts
