"""``training.guidance_sentences``: the verdict on every sentence of a report, as rows.

Made with the report, by the stage ``guidance_reports``. What a verdict is, is in
``sportsgpt_lib/guidance/verification``.
"""

import json
from collections.abc import Sequence

import polars as pl

from sportsgpt_lib.guidance.report import DroppedSentence, GuidanceReport
from sportsgpt_lib.guidance.verification.verdicts import SentenceVerdict
from sportsgpt_lib.storage.rows import build_schema, empty_rows
from sportsgpt_lib.storage.tables import GUIDANCE_SENTENCES

SIDE_TABLE = GUIDANCE_SENTENCES.name


def build_sentence_rows(
    report: GuidanceReport, verdicts: Sequence[SentenceVerdict], code_version: str
) -> pl.DataFrame:
    """Build the rows of one report.

    Parameters
    ----------
    report
        The finished report.
    verdicts
        The verifier's on it, in reading order (``guidance/review.py``).
    code_version
        That of the stage.

    Returns
    -------
    One row a verdict, then one for each sentence that was dropped.
    """
    rows = [_describe_verdict(verdict) for verdict in verdicts]
    rows += [_describe_dropped(sentence) for sentence in report.dropped]
    if not rows:
        return empty_rows(GUIDANCE_SENTENCES)
    identity = {
        "team_id": report.team_id,
        "session_day": report.session_day,
        "athlete_id": report.athlete_id,
        "report_id": report.report_id,
        "code_version": code_version,
    }
    return pl.DataFrame(
        [
            {**identity, "sentence_no": number, **row}
            for number, row in enumerate(rows, start=1)
        ],
        schema=build_schema(GUIDANCE_SENTENCES),
    )


def find_mismatches(reports: pl.DataFrame, sentences: pl.DataFrame) -> list[str]:
    """Find reports whose sentences are not the ones that were verified.

    Parameters
    ----------
    reports, sentences
        Rows of ``guidance_reports`` and ``guidance_sentences`` of one partition.

    Returns
    -------
    Ids of reports of which a kept sentence did not pass, a sentence has no verdict,
    or a verdict is of no sentence; and of verdicts without a report.
    """
    wrong = set(sentences["report_id"]) - set(reports["report_id"])
    for row in reports.iter_rows(named=True):
        own = sentences.filter(pl.col("report_id") == row["report_id"])
        kept = own.filter(pl.col("is_kept"))
        has_failed = kept["failed_check"].is_not_null().any()
        lacks_proof = kept["passed_by"].is_null().any()
        report = json.loads(row["report"])
        written = sorted(list_written(report))
        is_other = sorted(kept["sentence"]) != written
        taken_out = own.height - kept.height
        if has_failed or lacks_proof or is_other or taken_out != len(report["dropped"]):
            wrong.add(row["report_id"])
    return sorted(wrong)


def list_written(report: dict[str, object]) -> list[str]:
    """List the names of exercises and all sentences of a report given as JSON."""
    found: list[str] = []
    for name in ("summary", "strengths", "close_to_limit", "findings", "plan"):
        found += _list_texts(report.get(name, []))
    return found


def _list_texts(part: object) -> list[str]:
    if isinstance(part, list):
        return [text for one in part for text in _list_texts(one)]
    if not isinstance(part, dict):
        return []
    if part.keys() == {"text", "facts", "passages"}:
        return [part["text"]]
    names = [part["exercise"]] if "exercise" in part else []
    return names + [text for one in part.values() for text in _list_texts(one)]


def _describe_verdict(verdict: SentenceVerdict) -> dict[str, object]:
    result = verdict.result
    return {
        "section": verdict.section,
        "sentence": verdict.text,
        "facts": json.dumps(verdict.facts),
        "passages": json.dumps(verdict.passages),
        "is_kept": True,
        "passed_by": result.passed_by,
        "failed_check": None if result.fault is None else result.fault.check,
        "reason": None if result.fault is None else result.fault.reason,
        "support_ratio": result.support_ratio,
        "similarity": result.similarity,
    }


def _describe_dropped(sentence: DroppedSentence) -> dict[str, object]:
    return {
        "section": sentence.section,
        "sentence": sentence.text,
        "facts": "[]",
        "passages": "[]",
        "is_kept": False,
        "passed_by": None,
        "failed_check": sentence.check,
        "reason": sentence.reason,
        "support_ratio": None,
        "similarity": None,
    }
