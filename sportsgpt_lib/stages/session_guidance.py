"""Writes the guidance of every athlete of a partition, each one alone.

A report is made again only when the rows, the knowledge base or the writer changed; an
answer of a language model is therefore asked for once.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.guidance.report_text import Writer
from sportsgpt_lib.knowledge.retrieval import Retriever
from sportsgpt_lib.stages.contract import PASS, StageOutput, Verdict
from sportsgpt_lib.stages.guidance_reports import (
    CODE_VERSION,
    READS,
    SESSION_MEDIANS,
    GuidanceReportStage,
)
from sportsgpt_lib.stages.publishing import (
    drop_recordings,
    find_stopped_recordings,
)
from sportsgpt_lib.stages.runner import (
    STAGE_FAILED,
    StageReport,
    compute_rows_sha256,
    judge_alone,
    with_partition,
)
from sportsgpt_lib.stages.session_medians import build_session_medians
from sportsgpt_lib.stages.stage_cache import StageCache
from sportsgpt_lib.stages.verdict_rows import (
    verdict_frame,
    verdict_row,
    verdict_table,
)
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_rows, empty_rows
from sportsgpt_lib.storage.tables import GUIDANCE_REPORTS, STAGES, TABLES_BY_NAME

Tables = Mapping[str, pl.DataFrame]

_EARLIER_STAGES = STAGES[: STAGES.index(GUIDANCE_REPORTS.name)]


@dataclass(frozen=True)
class SessionGuidance:
    """Writes ``training.guidance_reports``.

    ``writer_fingerprint`` names writer, model and prompt.
    """

    lake: Lake
    cache: StageCache
    retriever: Retriever
    writer: Writer
    writer_fingerprint: str

    def write(self, partition: PartitionKey) -> StageReport:
        """Write the reports and verdicts of a partition."""
        halted = find_stopped_recordings(self.lake, partition, _EARLIER_STAGES)
        tables = {
            name: _read_published(self.lake, partition, name, halted) for name in READS
        }
        tables[SESSION_MEDIANS] = build_session_medians(
            tables["kismam_metrics"], tables["recordings"]
        )
        under_study = tables["recordings"].filter(pl.col("role") == "athlete")
        athletes = sorted(under_study["athlete_id"].unique())
        knowledge_version = self.retriever.compute_knowledge_version()
        outputs: dict[str, StageOutput] = {}
        reused = 0
        for athlete_id in athletes:
            own = _rows_of(tables, athlete_id)
            key = self._cache_key(own, knowledge_version)
            output = self.cache.load(key)
            reused += output is not None
            if output is None:
                output = self._write_one(partition, athlete_id, own)
                if output.verdict.reason_code != STAGE_FAILED and not _fell_back(
                    output
                ):
                    self.cache.save(key, output)
            outputs[athlete_id] = output
        self._save_verdicts(partition, under_study, outputs)
        rows = _put_together(partition, outputs)
        self.lake.write(GUIDANCE_REPORTS, partition, rows)
        stopped = sum(not output.verdict.lets_go_on for output in outputs.values())
        return StageReport(rows, len(athletes) - reused, reused, stopped)

    def _write_one(
        self, partition: PartitionKey, athlete_id: str, tables: Tables
    ) -> StageOutput:
        stage = GuidanceReportStage(self.retriever, self.writer)

        def compute() -> StageOutput:
            row = stage.compute(
                partition.team_id, partition.session_day, athlete_id, tables
            )
            return StageOutput(row, _judge(row["dropped_count"][0]))

        return judge_alone(GUIDANCE_REPORTS.name, athlete_id, compute)

    def _cache_key(self, tables: Tables, knowledge_version: str) -> str:
        parts = [
            GUIDANCE_REPORTS.name,
            CODE_VERSION,
            self.writer_fingerprint,
            knowledge_version,
            *(f"{n}={compute_rows_sha256(rows)}" for n, rows in sorted(tables.items())),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _save_verdicts(
        self,
        partition: PartitionKey,
        recordings: pl.DataFrame,
        outputs: Mapping[str, StageOutput],
    ) -> None:
        rows = [
            verdict_row(
                GUIDANCE_REPORTS.name,
                row["clip_file"],
                row["recording_id"],
                row["athlete_id"],
                outputs[row["athlete_id"]].verdict,
            )
            for row in recordings.iter_rows(named=True)
        ]
        self.lake.write(
            verdict_table(GUIDANCE_REPORTS.name),
            partition,
            with_partition(verdict_frame(rows), partition, CODE_VERSION),
        )


def _read_published(
    lake: Lake, partition: PartitionKey, name: str, halted: Collection[str]
) -> pl.DataFrame:
    rows = lake.read(TABLES_BY_NAME[name], partition)
    return drop_recordings(rows, halted) if "recording_id" in rows.columns else rows


def _rows_of(tables: Tables, athlete_id: str) -> dict[str, pl.DataFrame]:
    return {
        name: rows.filter(pl.col("athlete_id") == athlete_id)
        for name, rows in tables.items()
    }


def _judge(dropped_count: int) -> Verdict:
    if not dropped_count:
        return PASS
    return Verdict(
        "WARN",
        "sentences_dropped",
        f"the verifier took {dropped_count} sentence(s) out of the report",
        "read the list of dropped sentences in the report",
    )


def _fell_back(output: StageOutput) -> bool:
    if output.rows is None:
        return False
    report = GuidanceReport.model_validate_json(output.rows["report"][0])
    return report.writer.fallback_reason is not None


def _put_together(
    partition: PartitionKey, outputs: Mapping[str, StageOutput]
) -> pl.DataFrame:
    frames = [output.rows for output in outputs.values() if output.rows is not None]
    if not frames:
        return empty_rows(GUIDANCE_REPORTS)
    rows = pl.concat(frames, how="vertical_relaxed")
    return conform_rows(GUIDANCE_REPORTS, with_partition(rows, partition, CODE_VERSION))
