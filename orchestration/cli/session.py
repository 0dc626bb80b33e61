"""``sportsgpt session``: session folders and their manifests."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE
from orchestration.clock import utc_now
from sportsgpt_lib.session.folder_files import look_through, show_name
from sportsgpt_lib.session.manifest import load_manifest
from sportsgpt_lib.session.recording_plan import foresee_stops, plan_recordings
from sportsgpt_lib.session.template import write_manifest_template
from sportsgpt_lib.sports.loader import movement_names

app = typer.Typer(no_args_is_help=True, help="Session folders and their manifests.")


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder that holds the clips.")],
    team: Annotated[str, typer.Option(help="Pseudonym of the team.")] = "my-team",
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Default: today.")
    ] = None,
) -> None:
    """Write a first session.toml from the clips' names, to be checked by a person."""
    chosen = day or utc_now()
    path = write_manifest_template(folder, team, chosen.date(), movement_names())
    CONSOLE.print(
        f"Wrote {escape(str(path))}. Fill in what is empty, then check it with "
        f"`sportsgpt session check {escape(str(folder))}`."
    )


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder that holds session.toml.")],
) -> None:
    """Check a session.toml and list every problem, and what would be stopped."""
    manifest = load_manifest(folder)
    files = look_through(folder)
    plan = plan_recordings(manifest, files, movement_names())
    CONSOLE.print(
        f"{manifest.team} on {manifest.day}: {len(plan.recordings)} recording(s) "
        f"of {len(manifest.athletes)} athlete(s). The manifest is in order."
    )
    stops = foresee_stops(plan, files, movement_names())
    for name, refusal in stops:
        CONSOLE.print(f"[bold]{escape(show_name(name))}[/] would be stopped")
        CONSOLE.print(f"  found: {escape(refusal.reason)}")
        CONSOLE.print(f"  to do: {escape(refusal.fix)}")
    if stops:
        raise typer.Exit(1)
