"""Verdicts as rows of ``training.quality_verdicts``, and the per-stage audit tables.

Every stage writes its own verdict table beside its rows; the asset
``training.quality_verdicts`` puts them together.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from sportsgpt_lib.stages.contract import Subject, Verdict
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.tables import QUALITY_VERDICTS


def verdict_table(stage: str) -> Table:
    """Name the audit table that holds one stage's verdicts."""
    return replace(
        QUALITY_VERDICTS, name=f"verdicts_of_{stage}", schema="audit", is_mart=False
    )


def verdict_row(
    stage: str,
    clip_file: str,
    subject_id: str,
    athlete_id: str | None,
    verdict: Verdict,
) -> dict[str, str | None]:
    """Put a verdict into the columns of ``training.quality_verdicts``."""
    return {
        "clip_file": clip_file,
        "subject_id": subject_id,
        "athlete_id": athlete_id,
        "stage": stage,
        "verdict": verdict.word,
        "reason_code": verdict.reason_code,
        "reason": verdict.reason,
        "fix": verdict.fix,
    }


def subject_verdict_row(
    stage: str, subject: Subject, verdict: Verdict
) -> dict[str, str | None]:
    """Put the verdict on one recording into a row."""
    return verdict_row(
        stage, subject.clip_file, subject.recording_id, subject.athlete_id, verdict
    )


def verdict_frame(rows: Sequence[dict[str, str | None]]) -> pl.DataFrame:
    """Build a frame of verdict rows; its columns exist even without a row."""
    names = (
        "clip_file",
        "subject_id",
        "athlete_id",
        "stage",
        "verdict",
        "reason_code",
        "reason",
        "fix",
    )
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))
