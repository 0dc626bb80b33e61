"""Writes the guidance of every athlete of a partition, each one alone.

A report is made again only when the rows, the knowledge base, the language or the
writer changed; an answer of a language model is therefore asked for once. Each report
is kept as soon as it is there, so a killed run goes on where it stopped. What was
written without a service that was down is published, marked, and not kept.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import polars as pl

from sportsgpt_lib.guidance.evidence import ask_knowledge_version
from sportsgpt_lib.guidance.report_text import Writer
from sportsgpt_lib.guidance.verification.means import RULES_ONLY, Means
from sportsgpt_lib.knowledge.retrieval import Retriever
from sportsgpt_lib.language import DEFAULT_LANGUAGE, Language
from sportsgpt_lib.sports.translations import compute_words_sha256
from sportsgpt_lib.stages.contract import StageOutput
from sportsgpt_lib.stages.guidance_reports import (
    CODE_VERSION,
    READS,
    SESSION_MEDIANS,
    GuidanceReportStage,
)
from sportsgpt_lib.stages.guidance_verdicts import (
    WRITTEN_WITHOUT_KNOWLEDGE,
    WRITTEN_WITHOUT_MODEL,
    judge_report,
    tell_operators,
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
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_rows, empty_rows
from sportsgpt_lib.storage.tables import (
    GUIDANCE_REPORTS,
    GUIDANCE_SENTENCES,
    STAGES,
    TABLES_BY_NAME,
)

Tables = Mapping[str, pl.DataFrame]

_NEVER_KEPT = (STAGE_FAILED, WRITTEN_WITHOUT_KNOWLEDGE, WRITTEN_WITHOUT_MODEL)
_EARLIER_STAGES = STAGES[: STAGES.index(GUIDANCE_REPORTS.name)]


@dataclass(frozen=True)
class _Work:
    """What the athletes of one run share; ``knowledge_version`` None = it is down."""

    partition: PartitionKey
    tables: Tables
    stage: GuidanceReportStage
    knowledge_version: str | None


@dataclass(frozen=True)
class _Written:
    output: StageOutput
    is_reused: bool


@dataclass(frozen=True)
class SessionGuidance:
    """Writes ``training.guidance_reports`` and ``training.guidance_sentences``.

    Parameters
    ----------
    start_writer
        Gives a run over one partition its writer.
    writer_fingerprint
        Names writer, model and prompt.
    workers
        Reports written side by side.
    means
        What the verifier may ask besides its rules.
    """

    lake: Lake
    cache: StageCache
    retriever: Retriever
    start_writer: Callable[[], Writer]
    writer_fingerprint: str
    language: Language = DEFAULT_LANGUAGE
    workers: int = 1
    means: Means = RULES_ONLY

    def write(self, partition: PartitionKey) -> StageReport:
        """Write the reports and verdicts of a partition.

        Raises
        ------
        SportsGptError
            Something outside the athletes' rows is wrong. Then nothing is written, and
            the reports that were finished are reused by the next run.
        """
        halted = find_stopped_recordings(self.lake, partition, _EARLIER_STAGES)
        tables = {
            name: _read_published(self.lake, partition, name, halted) for name in READS
        }
        tables[SESSION_MEDIANS] = build_session_medians(
            tables["kismam_metrics"], tables["recordings"]
        )
        under_study = tables["recordings"].filter(pl.col("role") == "athlete")
        athletes = sorted(under_study["athlete_id"].unique())
        work = _Work(
            partition,
            tables,
            GuidanceReportStage(
                self.retriever, self.start_writer(), self.language, self.means
            ),
            ask_knowledge_version(self.retriever),
        )
        written = dict(zip(athletes, self._write_all(work, athletes), strict=True))
        outputs = {athlete: one.output for athlete, one in written.items()}
        tell_operators(outputs)
        self._save_verdicts(partition, under_study, outputs)
        done = [output for output in outputs.values() if output.rows is not None]
        sentences = _put_together(
            GUIDANCE_SENTENCES,
            partition,
            [output.side_rows[GUIDANCE_SENTENCES.name] for output in done],
        )
        rows = _put_together(
            GUIDANCE_REPORTS,
            partition,
            [output.rows for output in done if output.rows is not None],
        )
        self.lake.write(GUIDANCE_SENTENCES, partition, sentences)
        self.lake.write(GUIDANCE_REPORTS, partition, rows)
        reused = sum(one.is_reused for one in written.values())
        stopped = sum(not output.verdict.lets_go_on for output in outputs.values())
        return StageReport(
            rows,
            len(athletes) - reused,
            reused,
            stopped,
            {GUIDANCE_SENTENCES.name: sentences},
        )

    def _write_all(self, work: _Work, athletes: Sequence[str]) -> list[_Written]:
        """Write side by side; in the order of the athletes whatever finishes first."""
        if self.workers == 1 or len(athletes) <= 1:
            return [self._write_one(work, athlete_id) for athlete_id in athletes]
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="guidance")
        try:
            futures = [
                pool.submit(self._write_one, work, athlete_id)
                for athlete_id in athletes
            ]
            for future in as_completed(futures):
                future.result()  # whatever stops the run stops it at once
            return [future.result() for future in futures]
        finally:
            pool.shutdown(cancel_futures=True)

    def _write_one(self, work: _Work, athlete_id: str) -> _Written:
        """Write one athlete's report, or take the one that is kept."""
        own = _rows_of(work.tables, athlete_id)
        key = None
        if work.knowledge_version is not None:
            key = self._cache_key(own, work.knowledge_version)
            kept = self.cache.load(key)
            if kept is not None:
                return _Written(kept, is_reused=True)
        output = _write_report(work, athlete_id, own)
        if key is not None and output.verdict.reason_code not in _NEVER_KEPT:
            self.cache.save(key, output)
        return _Written(output, is_reused=False)

    def _cache_key(self, tables: Tables, knowledge_version: str) -> str:
        parts = [
            GUIDANCE_REPORTS.name,
            CODE_VERSION,
            self.writer_fingerprint,
            self.means.fingerprint,
            self.language,
            compute_words_sha256(self.language),
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


def _write_report(work: _Work, athlete_id: str, own: Tables) -> StageOutput:
    def compute() -> StageOutput:
        case = work.stage.build_case(
            work.partition.team_id,
            work.partition.session_day,
            athlete_id,
            own,
            has_knowledge=work.knowledge_version is not None,
        )
        rows = work.stage.write(case, work.knowledge_version)
        return StageOutput(
            rows.report,
            judge_report(rows.report),
            side_rows={GUIDANCE_SENTENCES.name: rows.sentences},
        )

    return judge_alone(GUIDANCE_REPORTS.name, athlete_id, compute)


def _put_together(
    table: Table, partition: PartitionKey, frames: Sequence[pl.DataFrame]
) -> pl.DataFrame:
    if not frames:
        return empty_rows(table)
    rows = pl.concat(frames, how="vertical_relaxed")
    return conform_rows(table, with_partition(rows, partition, CODE_VERSION))
