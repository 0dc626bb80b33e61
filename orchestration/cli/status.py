"""``sportsgpt status``: what failed last night, why, and what to do."""

import difflib
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Annotated

import polars as pl
import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE
from orchestration.clock import utc_now
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.errors import SettingError
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
    if team is not None:
        refuse_unknown_team(settings, team)
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
        if run.was_stopped:
            CONSOLE.print(
                f"    to do: start `sportsgpt run --day {run.partition.session_day} "
                f"--team {run.partition.team_id}` again; it goes on where it was"
            )
        print_verdicts(settings, run.partition)
    print_waiting(settings, {run.partition for run in runs}, team)
    if any(run.status == "FAILURE" for run in runs):
        raise typer.Exit(1)


def refuse_unknown_team(settings: Settings, team: str) -> None:
    """Refuse a team that has no folder and never had a run.

    Raises
    ------
    SettingError
        It has neither; the nearest known one is named.
    """
    from orchestration.history import load_known_teams
    from orchestration.resources import build_inbox

    known = load_known_teams(build_inbox(settings))
    if team in known:
        return
    near = difflib.get_close_matches(team, known, n=1)
    raise SettingError(
        "--team",
        f"no team {team!r} has a folder in the inbox or ever had a run; known are: "
        f"{', '.join(known) or 'none yet'}",
        f"write --team {near[0]}" if near else "name one of them",
    )


def print_waiting(
    settings: Settings, shown: Collection[PartitionKey], team: str | None = None
) -> None:
    """Print the folders of the inbox that no run was requested for, and why.

    ``team`` None = of all teams.
    """
    from orchestration.resources import build_inbox

    names = {f"{key.team_id}/{key.session_day}" for key in shown}
    inbox = build_inbox(settings)
    for name, reason in inbox.find_unfinished(settings.inbox_quiet_s, utc_now()):
        is_asked = team is None or name.partition("/")[0] == team
        if is_asked and name not in names:
            CONSOLE.print(f"[yellow]waiting[/] {escape(name)}: {escape(reason)}")


def print_verdicts(settings: Settings, partition: PartitionKey) -> None:
    """Print completeness and every verdict of a partition that is not PASS."""
    lake = Lake(settings.lake_root)
    if not lake.has(QUALITY_VERDICTS, partition):
        what = "no verdicts yet" if lake.has(RECORDINGS, partition) else "nothing yet"
        CONSOLE.print(f"  {what}")
        return
    verdicts = lake.read(QUALITY_VERDICTS, partition)
    CONSOLE.print(f"  {count_published(verdicts)}")
    stopped_first = verdicts.sort(pl.col("verdict") == "WARN", maintain_order=True)
    for row in stopped_first.iter_rows(named=True):
        if row["verdict"] != "PASS":
            print_verdict(row)


def count_published(verdicts: pl.DataFrame) -> str:
    """Say how many recordings came through, apart from files that never were one."""
    figure = measure_completeness(verdicts)
    is_file = (pl.col("stage") == RECORDINGS.name) & pl.col("athlete_id").is_null()
    files = measure_completeness(verdicts.filter(is_file))
    text = (
        f"{figure.published_count} of {figure.total_count - files.total_count} "
        "recordings published"
    )
    if files.total_count == 0:
        return text
    noun = (
        "file is no recording" if files.total_count == 1 else "files are no recordings"
    )
    return f"{text}; {files.total_count} more {noun}"


def print_verdict(row: Mapping[str, str | None]) -> None:
    """Print one verdict: on what, what was found, what to do."""
    athlete = f", {row['athlete_id']}" if row["athlete_id"] else ""
    subject = escape(f"{row['clip_file']}{athlete}")
    word = str(row["verdict"])
    CONSOLE.print(f"  [{_COLOURS[word]}]{word}[/] [bold]{subject}[/] at {row['stage']}")
    CONSOLE.print(f"    found: {escape(str(row['reason']))}")
    CONSOLE.print(f"    to do: {escape(str(row['fix']))}")
