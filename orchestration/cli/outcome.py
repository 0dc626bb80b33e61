"""How a finished run is told: what failed and why, and where the results lie."""

from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE, ERRORS
from orchestration.cli.status import print_verdicts
from orchestration.settings import Settings
from sportsgpt_lib.storage.partition import PartitionKey

if TYPE_CHECKING:  # Dagster takes a second to import; see the package's charter
    from orchestration.runs import RunOutcome


def finish(settings: Settings, partition: PartitionKey, outcome: "RunOutcome") -> None:
    """Print the verdicts and the folder of results; exit with 1 for a failed run."""
    if not outcome.success:
        for step, error in outcome.failures.items():
            ERRORS.print(f"[bold red]Failed[/] {escape(step)}: {escape(error)}")
        ERRORS.print(f"Run {outcome.run_id}; `sportsgpt ui` shows its log.")
        raise typer.Exit(1)
    print_verdicts(settings, partition)
    CONSOLE.print(f"Results: {settings.report_folder(partition)}")
