"""``sportsgpt evaluate``: how good the guidance is, on a fixed set of cases."""

from typing import Annotated, get_args

import polars as pl
import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE, ERRORS, StepPrinter
from orchestration.cli.tables import print_table
from orchestration.settings import load_settings
from sportsgpt_lib.evaluation.results import EvaluationResults
from sportsgpt_lib.evaluation.rubric import RUBRIC
from sportsgpt_lib.language import Language


def evaluate(
    run: Annotated[str, typer.Option(help="Name of the run: its folder.")] = "latest",
    repeats: Annotated[
        int, typer.Option(min=1, help="How often all values are drawn anew.")
    ] = 3,
    cases: Annotated[
        int | None, typer.Option(min=1, help="Fewer cases, evenly from the whole set.")
    ] = None,
) -> None:
    """Evaluate the guidance: the ablation on synthetic cases, in both languages."""
    from orchestration.environment import prepare
    from orchestration.runs import run_evaluation

    settings = load_settings()
    results = EvaluationResults(settings.evaluation_folder)
    folder = results.run_folder(run)
    prepare(settings)
    outcome = run_evaluation(
        settings,
        {
            "run": run,
            "languages": list(get_args(Language)),
            "repeats": repeats,
            "workers": settings.model_concurrency if settings.model_url else 1,
            "most_cases": cases,
        },
        StepPrinter(),
    )
    if not outcome.success:
        for step, error in outcome.failures.items():
            ERRORS.print(f"[bold red]Failed[/] {escape(step)}: {escape(error)}")
        raise typer.Exit(1)
    _print_rubric(results.load_summary(run))
    CONSOLE.print(f"Results: {escape(str(folder))}")


def _print_rubric(summary: pl.DataFrame) -> None:
    """Print the points: a line for each language, writer, judge and variant.

    A model's reports stand apart from those that were written in its place.
    """
    scope = ["language", "writer", "judge", "variant"]
    rows = []
    for names, part in (
        summary.filter(pl.col("kind") == "rubric")
        .partition_by(scope, as_dict=True, maintain_order=True)
        .items()
    ):
        means = dict(part.select("name", "mean").iter_rows())
        points = [None if means[n] is None else round(means[n], 2) for n in RUBRIC]
        rows.append([*names, *points])
    print_table(CONSOLE, "Points, 1 to 5", (*scope, *RUBRIC), rows)
