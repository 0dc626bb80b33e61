"""One object that scores a run and sums it up, for the assets and the command."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sportsgpt_lib.evaluation.harness import EvaluationPlan, Progress, run_evaluation
from sportsgpt_lib.evaluation.judge import ModelJudge
from sportsgpt_lib.evaluation.plot import plot_summary
from sportsgpt_lib.evaluation.results import EvaluationResults
from sportsgpt_lib.evaluation.shelf import load_shelf
from sportsgpt_lib.evaluation.summary import summarise_scores
from sportsgpt_lib.guidance.report_text import Writer


@dataclass(frozen=True)
class EvaluationSummary:
    """A run's summary, its plot as PNG, and the folder that holds both."""

    rows: pl.DataFrame
    plot: bytes
    folder: Path


@dataclass(frozen=True)
class GuidanceEvaluation:
    """Evaluates the guidance of one writer; ``judge`` None = by rules alone."""

    knowledge_folder: Path
    writer: Writer
    results: EvaluationResults
    judge: ModelJudge | None = None

    def score(
        self, plan: EvaluationPlan, report_progress: Progress | None = None
    ) -> pl.DataFrame:
        """Write and score all reports of a plan, and save the scores.

        Raises
        ------
        KnowledgeError
            Anything in the folder of knowledge breaks its schema.
        SettingError
            The run's name could not be that of a folder.
        """
        self.results.run_folder(plan.run)
        scores = run_evaluation(
            plan,
            load_shelf(self.knowledge_folder),
            self.writer,
            self.judge,
            report_progress,
        )
        self.results.save_scores(plan.run, scores)
        return scores

    def summarise(self, run: str) -> EvaluationSummary:
        """Sum up a run's scores, and save summary and plot."""
        rows = summarise_scores(self.results.load_scores(run))
        plot = plot_summary(rows)
        return EvaluationSummary(rows, plot, self.results.save_summary(run, rows, plot))
