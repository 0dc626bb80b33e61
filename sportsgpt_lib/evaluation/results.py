"""The files of an evaluation: every score, and their summary, as Parquet by run.

``<folder>/<run>/scores.parquet`` and ``summary.parquet``; columns are below. No
database holds them: analysts read the files with DuckDB, docs/evaluation.md.
"""

import io
import re
from pathlib import Path

import polars as pl
from upath import UPath

from sportsgpt_lib.errors import MissingTableError, SettingError
from sportsgpt_lib.storage.atomic_files import write_atomically
from sportsgpt_lib.storage.contract import Column, boolean, integer, real, text

SCORES_FILE, SUMMARY_FILE, PLOT_FILE = (
    *("scores.parquet", "summary.parquet"),
    "summary.png",
)
RULES = "rules"
"""What ``judge`` says of scores that no model gave."""

_RUN_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_SCOPE = (
    text("run", "Name of the evaluation run."),
    text("language", "Language of the reports.", allowed=("en", "zh")),
    text(
        "writer",
        "What wrote the reports: deterministic, also in a model's place, or the "
        "model's name.",
    ),
    text(
        "variant",
        "What the writer was given.",
        allowed=("full", "without_kismam", "without_retrieval", "neither"),
    ),
    text("judge", "Who gave the value: rules, or the judge model and its prompt."),
    text(
        "kind",
        "rubric: points from 1 to 5; aspect and measure: shares from 0 to 1.",
        allowed=("rubric", "aspect", "measure"),
    ),
    text("name", "What was scored; docs/evaluation.md."),
)

SCORE_COLUMNS: tuple[Column, ...] = (
    *_SCOPE,
    integer(
        "repeat", "Repetition of the whole set, with values drawn anew.", minimum=0
    ),
    text("case_name", "The case: its movements and its kind of session."),
    text("case_kind", "The kind of session."),
    boolean("is_fallback", "The deterministic writer had to write in a model's place."),
    real("value", "Points or share; null = there is nothing to score.", nullable=True),
)
"""One row per run, language, writer, variant, judge, repetition, case and name."""

SUMMARY_COLUMNS: tuple[Column, ...] = (
    *_SCOPE,
    integer("case_count", "Cases with a value.", minimum=0),
    real("mean", "Mean over the cases; null = no case has a value.", nullable=True),
    real("low", "Lower end of its interval over cases (95 %).", nullable=True),
    real("high", "Upper end of its interval over cases (95 %).", nullable=True),
    real(
        "repeat_spread",
        "Standard deviation of the mean between repetitions; null = one only.",
        nullable=True,
        minimum=0,
    ),
    real(
        "difference",
        "Mean difference to the variant full, on the same cases; null = full itself.",
        nullable=True,
    ),
    real("difference_low", "Lower end of its interval (95 %).", nullable=True),
    real("difference_high", "Upper end of its interval (95 %).", nullable=True),
)
"""One row per run, language, writer, variant, judge and name."""

_TYPES = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "real": pl.Float64(),
    "boolean": pl.Boolean(),
}


def build_frame_schema(columns: tuple[Column, ...]) -> dict[str, pl.DataType]:
    """Build the polars schema of one of the two files."""
    return {column.name: _TYPES[column.type] for column in columns}


class EvaluationResults:
    """Saves and loads the results of evaluation runs below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run_folder(self, run: str) -> Path:
        """Find the folder of a run.

        Raises
        ------
        SettingError
            The name could not be that of a folder.
        """
        if not _RUN_NAME.fullmatch(run):
            raise SettingError(
                "name of the evaluation run",
                f"{run!r} cannot name a folder",
                "use small letters, digits, '-', '_' and '.' only, 64 at most",
            )
        return self._folder / run

    def save_scores(self, run: str, scores: pl.DataFrame) -> Path:
        """Save a run's scores, in place of earlier ones; gives the run's folder."""
        folder = self.run_folder(run)
        write_atomically(UPath(folder / SCORES_FILE), _write_parquet(scores))
        return folder

    def save_summary(self, run: str, summary: pl.DataFrame, plot: bytes) -> Path:
        """Save a run's summary and plot; gives the run's folder."""
        folder = self.run_folder(run)
        write_atomically(UPath(folder / SUMMARY_FILE), _write_parquet(summary))
        write_atomically(UPath(folder / PLOT_FILE), plot)
        return folder

    def load_scores(self, run: str) -> pl.DataFrame:
        """Load all scores of a run; MissingTableError where there is no such run."""
        return self._load(run, SCORES_FILE)

    def load_summary(self, run: str) -> pl.DataFrame:
        """Load a run's summary; MissingTableError where there is none."""
        return self._load(run, SUMMARY_FILE)

    def _load(self, run: str, file: str) -> pl.DataFrame:
        path = self.run_folder(run) / file
        if not path.exists():
            raise MissingTableError(
                f"evaluation run {run!r}",
                f"it has no {file}",
                "run `sportsgpt evaluate` first, or name another run",
            )
        return pl.read_parquet(path)


def _write_parquet(rows: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    return buffer.getvalue()
