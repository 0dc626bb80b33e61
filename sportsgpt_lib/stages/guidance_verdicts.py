"""Says of a report what keeps it from being the one that was asked for.

Every such report is published; the verdict is a warning that operators see.
"""

import logging
from collections.abc import Mapping

import polars as pl

from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.stages.contract import PASS, StageOutput, Verdict

WRITTEN_WITHOUT_KNOWLEDGE = "knowledge_base_down"
WRITTEN_WITHOUT_MODEL = "written_without_model"
_LOGGER = logging.getLogger(__name__)


def judge_report(row: pl.DataFrame) -> Verdict:
    """Judge a row of ``guidance_reports``; several reservations are all told.

    The reason code is that of the first: knowledge base, model, dropped sentences.
    """
    report = GuidanceReport.model_validate_json(row["report"][0])
    reason, found = report.writer.fallback_reason, []
    if report.knowledge_fault is not None:
        found.append(
            (
                WRITTEN_WITHOUT_KNOWLEDGE,
                "the knowledge base did not answer, so the report proposes nothing",
                "start the knowledge base (`sportsgpt doctor` says what is wrong with "
                "it) and run the session again",
            )
        )
    if reason is not None:
        found.append(
            (
                WRITTEN_WITHOUT_MODEL,
                f"the language model was not used: {reason}",
                "see docs/model.md for what the reason means, and run the session "
                "again: only such reports are asked for anew",
            )
        )
    if report.dropped:
        found.append(
            (
                "sentences_dropped",
                f"the verifier took {len(report.dropped)} sentence(s) out",
                "read the list of dropped sentences in the report",
            )
        )
    if not found:
        return PASS
    codes, reasons, fixes = zip(*found, strict=True)
    return Verdict("WARN", codes[0], "; ".join(reasons), "; ".join(fixes))


def tell_operators(outputs: Mapping[str, StageOutput]) -> None:
    """Log what was written without a service, once for a run and without athletes."""
    for code in (WRITTEN_WITHOUT_KNOWLEDGE, WRITTEN_WITHOUT_MODEL):
        verdicts = [
            output.verdict
            for output in outputs.values()
            if output.verdict.reason_code == code
        ]
        if verdicts:
            _LOGGER.warning(
                "%d of %d reports: %s. Fix: %s",
                len(verdicts),
                len(outputs),
                verdicts[0].reason,
                verdicts[0].fix,
            )
