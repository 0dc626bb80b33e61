"""Applies a stage to every recording of a partition, each one alone.

A recording that fails gets its verdict and its reason; the others go on. Results are
kept under (input rows, stage, code version, fingerprint), so that a second run computes
only what is missing. Which stage runs when is decided by the asset graph, not here.
"""

import hashlib
import io
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from sportsgpt_lib.errors import ClipError, PoseInputError, SportsGptError
from sportsgpt_lib.freed_memory import give_back_freed_memory
from sportsgpt_lib.stages.clip_probe import CLIP_CHANGED, UNREADABLE_FILE
from sportsgpt_lib.stages.contract import (
    Stage,
    StageInput,
    StageOutput,
    Subject,
    Verdict,
)
from sportsgpt_lib.stages.recordings import subject_from_row
from sportsgpt_lib.stages.stage_cache import StageCache
from sportsgpt_lib.stages.subject_tables import SubjectTables
from sportsgpt_lib.stages.unchanged_clip import compute_unchanged
from sportsgpt_lib.stages.verdict_rows import (
    subject_verdict_row,
    verdict_frame,
    verdict_table,
)
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_rows, empty_rows
from sportsgpt_lib.storage.tables import RECORDINGS, STAGES, TABLES_BY_NAME

_LOGGER = logging.getLogger(__name__)
STAGE_FAILED = "stage_failed"
_NEVER_KEPT = (STAGE_FAILED, CLIP_CHANGED, UNREADABLE_FILE)
# How far an exemplar goes: its angles can become a target model, but nobody judges it.
STAGES_OF_EXEMPLARS = ("recordings", "pose_tracks", "athlete_poses", "joint_kinematics")
# So many rows are copied at a time: 10 MB of keypoints.
_HASHED_ROWS = 65_536


@dataclass(frozen=True)
class StageReport:
    """What one stage did to one partition.

    ``computed_count`` subjects were computed now, ``reused_count`` came from the cache;
    ``stopped_count`` may not go on. ``side_rows`` holds the side tables by their names.
    """

    rows: pl.DataFrame
    computed_count: int
    reused_count: int
    stopped_count: int
    side_rows: Mapping[str, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class StageRunner:
    """Runs stages over partitions of the lake.

    Parameters
    ----------
    lake
        Where tables are read and written.
    cache
        Where results of single subjects are kept.
    session_folder
        Finds the session folder of a partition.
    workers
        Processes for stages of grain ``clip``; 1 = in this process.
    """

    lake: Lake
    cache: StageCache
    session_folder: Callable[[PartitionKey], Path]
    workers: int = 1

    def run(self, stage: Stage, partition: PartitionKey) -> StageReport:
        """Compute the stage's tables and verdicts for one partition and write them.

        Raises
        ------
        SportsGptError
            Something outside the clips is wrong: a setting, a movement definition, a
            database, a missing upstream table. Then nothing is written.
        """
        work = _collect_work(self, stage, partition)
        keys = [_cache_key(stage, item) for item in work]
        outputs = [self.cache.load(key) for key in keys]
        todo = [i for i, output in enumerate(outputs) if output is None]
        inputs = [work[i].stage_input for i in todo]
        for place, output in self._compute(stage, inputs):
            outputs[todo[place]] = output
            if output.verdict.reason_code not in _NEVER_KEPT:
                self.cache.save(keys[todo[place]], output)
        done = [output for output in outputs if output is not None]
        verdicts = [
            subject_verdict_row(stage.table_name, subject, output.verdict)
            for item, output in zip(work, done, strict=True)
            for subject in item.subjects
        ]
        shown = [
            output.rows
            for output in done
            if output.rows is not None and output.verdict.lets_go_on
        ]
        rows = _put_together(stage, stage.table_name, partition, shown)
        side_rows = {
            name: _put_together(
                stage,
                name,
                partition,
                [out.side_rows[name] for out in done if name in out.side_rows],
            )
            for name in stage.side_tables
        }
        self.lake.write(
            verdict_table(stage.table_name),
            partition,
            with_partition(verdict_frame(verdicts), partition, stage.code_version),
        )
        for name, table_rows in {**side_rows, stage.table_name: rows}.items():
            self.lake.write(TABLES_BY_NAME[name], partition, table_rows)
        return StageReport(
            rows=rows,
            computed_count=len(todo),
            reused_count=len(work) - len(todo),
            stopped_count=sum(not output.verdict.lets_go_on for output in done),
            side_rows=side_rows,
        )

    def _compute(
        self, stage: Stage, inputs: Sequence[StageInput]
    ) -> Iterator[tuple[int, StageOutput]]:
        """Give each result with its place among the inputs, as soon as it is there."""
        if stage.grain == "recording" or self.workers == 1 or len(inputs) <= 1:
            for place, stage_input in enumerate(inputs):
                yield place, compute_alone(stage, stage_input)
            return
        left = dict(enumerate(inputs))
        for place, output in _compute_side_by_side(stage, inputs, self.workers):
            del left[place]
            yield place, output
        for place, stage_input in left.items():
            yield place, _compute_in_own_process(stage, stage_input)


def load_subjects(lake: Lake, partition: PartitionKey) -> list[Subject]:
    """Load the recordings of a partition that may go on, ordered by identity."""
    rows = lake.read(RECORDINGS, partition)
    return [
        subject_from_row(row)
        for row in rows.filter(pl.col("verdict").is_in(["PASS", "WARN"]))
        .sort("recording_id")
        .iter_rows(named=True)
    ]


def _put_together(
    stage: Stage,
    table_name: str,
    partition: PartitionKey,
    frames: Sequence[pl.DataFrame],
) -> pl.DataFrame:
    table = TABLES_BY_NAME[table_name]
    if not frames:
        return empty_rows(table)
    rows = pl.concat(frames, how="vertical_relaxed")
    return conform_rows(table, with_partition(rows, partition, stage.code_version))


def compute_alone(stage: Stage, stage_input: StageInput) -> StageOutput:
    """Compute one subject and turn what is wrong with it into a verdict."""
    output = judge_alone(
        stage.table_name,
        stage_input.subject.recording_id,
        lambda: compute_unchanged(stage, stage_input),
    )
    give_back_freed_memory()
    return output


def judge_alone(
    stage_name: str, subject_id: str, compute: Callable[[], StageOutput]
) -> StageOutput:
    """Call ``compute`` and turn what is wrong with its subject into a verdict.

    Raises
    ------
    SportsGptError
        The reason does not lie in the clip, so other clips would meet it as well.
    """
    try:
        return compute()
    except ClipError as error:
        return _stop("REJECT", error.reason_code, error.found, error.fix)
    except PoseInputError as error:
        return _stop("REJECT", "unusable_pose", error.found, error.fix)
    except (SportsGptError, ImportError):
        raise
    except Exception as error:
        _LOGGER.exception("%s failed on %s", stage_name, subject_id)
        return _failed(stage_name, type(error).__name__)


@dataclass(frozen=True)
class _WorkItem:
    """One call of a stage: its input, and every recording that shares the answer."""

    stage_input: StageInput
    subjects: tuple[Subject, ...]


def _collect_work(
    runner: StageRunner, stage: Stage, partition: PartitionKey
) -> list[_WorkItem]:
    stored = {
        name: runner.lake.load(TABLES_BY_NAME[name], partition) for name in stage.reads
    }
    subjects = _not_stopped(runner.lake, stage, partition)
    folder = runner.session_folder(partition)
    groups: dict[str, list[Subject]] = {}
    for subject in subjects:
        name = subject.clip_sha256 if stage.grain == "clip" else subject.recording_id
        groups.setdefault(name, []).append(subject)
    return [
        _WorkItem(
            StageInput(
                group[0],
                folder / group[0].clip_file if stage.grain == "clip" else None,
                SubjectTables(stored, group[0]),
            ),
            tuple(group),
        )
        for group in groups.values()
    ]


def _not_stopped(lake: Lake, stage: Stage, partition: PartitionKey) -> list[Subject]:
    earlier = STAGES[: STAGES.index(stage.table_name)]
    verdicts = join_verdicts(lake, partition, earlier)
    stopped = set(find_stopped(verdicts)["subject_id"])
    subjects = load_subjects(lake, partition)
    if stage.table_name not in STAGES_OF_EXEMPLARS:
        subjects = [subject for subject in subjects if subject.role == "athlete"]
    return [subject for subject in subjects if subject.recording_id not in stopped]


def _cache_key(stage: Stage, item: _WorkItem) -> str:
    subject = item.stage_input.subject
    facts = subject.clip_sha256 if stage.grain == "clip" else repr(subject)
    parts = [
        stage.table_name,
        stage.code_version,
        stage.fingerprint(subject),
        facts,
        *(
            f"{name}={compute_rows_sha256(rows)}"
            for name, rows in sorted(item.stage_input.tables.items())
        ),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def compute_rows_sha256(rows: pl.DataFrame) -> str:
    """Compute the SHA-256 over rows, their order, names and types."""
    digest = hashlib.sha256()
    # Slices lie where they lie whatever the chunks; at least one, for names and types.
    for start in range(0, max(rows.height, 1), _HASHED_ROWS):
        buffer = io.BytesIO()
        # Not Arrow: its buffers may hold more than the rows, such as others' text.
        rows.slice(start, _HASHED_ROWS).rechunk().write_parquet(
            buffer, compression="uncompressed", statistics=False
        )
        digest.update(buffer.getbuffer())
    return digest.hexdigest()


def with_partition(
    rows: pl.DataFrame, partition: PartitionKey, code_version: str
) -> pl.DataFrame:
    """Add the columns that every table of a partition shares."""
    return rows.with_columns(
        team_id=pl.lit(partition.team_id),
        session_day=pl.lit(partition.session_day),
        code_version=pl.lit(code_version),
    )


def _stop(word: str, reason_code: str, reason: str, fix: str) -> StageOutput:
    return StageOutput(None, Verdict(word, reason_code, reason, fix))  # type: ignore[arg-type]


def _failed(stage_name: str, what: str) -> StageOutput:
    return _stop(
        "QUARANTINE",
        STAGE_FAILED,
        f"stage {stage_name} broke on this recording: {what}",
        "see the run's log for the traceback; the next run tries it again",
    )


def _compute_side_by_side(
    stage: Stage, inputs: Sequence[StageInput], workers: int
) -> Iterator[tuple[int, StageOutput]]:
    """Compute in several processes; ends early, without an error, when one dies."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        places = {
            pool.submit(compute_alone, stage, stage_input): place
            for place, stage_input in enumerate(inputs)
        }
        try:
            for future in as_completed(places):
                yield places[future], future.result()
        except BrokenProcessPool:
            _LOGGER.warning("a worker died; the clips left are tried one by one")


def _compute_in_own_process(stage: Stage, stage_input: StageInput) -> StageOutput:
    """Compute one clip where its death hurts no other."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(compute_alone, stage, stage_input).result()
        except BrokenProcessPool:
            recording_id = stage_input.subject.recording_id
            _LOGGER.exception("the worker died on recording %s", recording_id)
            return _failed(
                stage.table_name,
                "its worker process died, perhaps of too little memory",
            )


def join_verdicts(
    lake: Lake, partition: PartitionKey, stages: Sequence[str]
) -> pl.DataFrame:
    """Put the verdicts of several stages of a partition together."""
    frames = [
        lake.read(verdict_table(name), partition)
        for name in stages
        if lake.has(verdict_table(name), partition)
    ]
    return pl.concat(frames) if frames else verdict_frame([])


def find_stopped(verdicts: pl.DataFrame) -> pl.DataFrame:
    """Keep the verdicts that let nothing go on: QUARANTINE and REJECT."""
    return verdicts.filter(pl.col("verdict").is_in(["QUARANTINE", "REJECT"]))
