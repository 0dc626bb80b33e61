"""A run as it is shown: how far it is, what failed and why, where the results lie."""

from datetime import datetime
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE, ERRORS, StepPrinter
from orchestration.cli.frame_progress import (
    listen_to_frames,
    open_terminal,
    show_frames,
)
from orchestration.cli.status import print_verdicts
from orchestration.settings import Settings
from sportsgpt_lib.stages.publishing import measure_completeness
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import QUALITY_VERDICTS

if TYPE_CHECKING:  # Dagster takes a second to import; see the package's charter
    from orchestration.runs import RunOutcome


def run_and_show(settings: Settings, partition: PartitionKey) -> "RunOutcome":
    """Run one training day, and show how far it is."""
    from orchestration.resources import build_lake, build_stage_catalog
    from orchestration.runs import run_training_day

    with open_terminal() as console:
        frames = show_frames(console, build_lake(settings), partition, settings.workers)
        with listen_to_frames(frames) as signals:
            return run_training_day(
                settings,
                partition,
                StepPrinter(console, frames.end_step),
                stage_catalog=build_stage_catalog(settings, signals),
            )


def finish(settings: Settings, partition: PartitionKey, outcome: "RunOutcome") -> None:
    """Print the verdicts and the folder of results; exit with 1 for a failed run."""
    if not outcome.success:
        for step, error in outcome.failures.items():
            ERRORS.print(f"[bold red]Failed[/] {escape(step)}: {escape(error)}")
        ERRORS.print(f"Run {outcome.run_id}; `sportsgpt ui` shows its log.")
        raise typer.Exit(1)
    print_verdicts(settings, partition)
    if outcome.unchanged_since is not None:
        CONSOLE.print(describe_unchanged(settings, partition, outcome.unchanged_since))
    page = settings.report_folder(partition) / "index.html"
    CONSOLE.print(f"Results: {escape(str(page))}")


def describe_unchanged(
    settings: Settings, partition: PartitionKey, since: datetime
) -> str:
    """Say that a run brought nothing new, and how much it kept."""
    verdicts = Lake(settings.lake_root).read(QUALITY_VERDICTS, partition)
    count = measure_completeness(verdicts).total_count
    return f"Nothing changed since {since:%Y-%m-%d %H:%M} UTC; {count} of {count} kept."
