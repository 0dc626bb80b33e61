"""``sportsgpt status``: what failed last night, why, and what to do."""

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE
from orchestration.clock import utc_now
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.stages.publishing import measure_completeness
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import QUALITY_VERDICTS, RECORDINGS

_COLOURS = {"WARN": "yellow", "QUARANTINE": "bold yellow", "REJECT": "bold red"}


def status(
    days: Annotated[
        int, typer.Option(min=1, help="Show runs of the last so many days.")
    ] = 1,
    team: Annotated[str | None, typer.Option(help="Only this team.")] = None,
) -> None:
    """Show what failed last night, why, and what to do.

    The exit code is 1 when a run failed, and 0 otherwise: a clip that was stopped by
    its verdict is shown, but does not make a night red.
    """
    from orchestration.environment import prepare
    from orchestration.history import load_recent_runs

    settings = load_settings()
    prepare(settings)
    since = utc_now() - timedelta(days=days)
    runs = [
        run
        for run in load_recent_runs(settings.home, since)
        if team is None or run.partition.team_id == team
    ]
    if not runs:
        CONSOLE.print(f"No run in the last {days} day(s).")
    for run in runs:
        mark = {"SUCCESS": "[green]finished[/]", "FAILURE": "[bold red]FAILED[/]"}
        word = mark.get(run.status, f"[yellow]{run.status.lower()}[/]")
        CONSOLE.print(
            f"[bold]{run.partition.team_id}[/] {run.partition.session_day}: {word} "
            f"at {run.changed_at:%Y-%m-%d %H:%M} UTC"
        )
        for step, error in run.failures.items():
            CONSOLE.print(f"  [red]{escape(step)}[/]: {escape(error)}")
        print_verdicts(settings, run.partition)
    print_waiting(settings, {run.partition for run in runs})
    if any(run.status == "FAILURE" for run in runs):
        raise typer.Exit(1)


def print_waiting(settings: Settings, shown: Collection[PartitionKey]) -> None:
    """Print the folders of the inbox that no run was requested for, and why."""
    from orchestration.resources import build_inbox

    names = {f"{key.team_id}/{key.session_day}" for key in shown}
    inbox = build_inbox(settings)
    for name, reason in inbox.find_unfinished(settings.inbox_quiet_s, utc_now()):
        if name not in names:
            CONSOLE.print(f"[yellow]waiting[/] {escape(name)}: {escape(reason)}")


def print_verdicts(settings: Settings, partition: PartitionKey) -> None:
    """Print completeness and every verdict of a partition that is not PASS."""
    lake = Lake(settings.lake_root)
    if not lake.has(QUALITY_VERDICTS, partition):
        what = "no verdicts yet" if lake.has(RECORDINGS, partition) else "nothing yet"
        CONSOLE.print(f"  {what}")
        return
    verdicts = lake.read(QUALITY_VERDICTS, partition)
    figure = measure_completeness(verdicts)
    CONSOLE.print(
        f"  {figure.published_count} of {figure.total_count} recordings published"
    )
    for row in verdicts.iter_rows(named=True):
        if row["verdict"] != "PASS":
            athlete = f", {row['athlete_id']}" if row["athlete_id"] else ""
            subject = escape(row["clip_file"] + athlete)
            colour = _COLOURS[row["verdict"]]
            CONSOLE.print(
                f"  [{colour}]{row['verdict']}[/] [bold]{subject}[/] at {row['stage']}"
            )
            CONSOLE.print(f"    found: {escape(row['reason'])}")
            CONSOLE.print(f"    to do: {escape(row['fix'])}")
