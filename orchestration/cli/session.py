"""``sportsgpt session``: session folders and their manifests."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE
from orchestration.clock import utc_now
from orchestration.settings import load_settings
from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.entries import SessionManifest
from sportsgpt_lib.session.folder_files import (
    FolderFiles,
    Refusal,
    look_through,
    show_name,
)
from sportsgpt_lib.session.folder_place import (
    find_empty_clips,
    is_in_inbox,
    name_place,
    read_place,
)
from sportsgpt_lib.session.manifest import MANIFEST_NAME, load_manifest
from sportsgpt_lib.session.recording_plan import (
    SessionPlan,
    foresee_stops,
    plan_recordings,
)
from sportsgpt_lib.session.template import write_manifest_template
from sportsgpt_lib.sports.loader import movement_names

_UNKNOWN_TEAM = "my-team"
_EMPTY = Refusal(
    "REJECT",
    "empty_file",
    "the file is empty",
    "wait if the file is still being copied; else copy it from the camera again",
)
app = typer.Typer(no_args_is_help=True, help="Session folders and their manifests.")


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder that holds the clips.")],
    team: Annotated[
        str | None,
        typer.Option(
            help="Pseudonym of the team. Default: the folder around a folder named "
            "after a day."
        ),
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Default: the folder's name, or today."
        ),
    ] = None,
) -> None:
    """Write a first session.toml from the clips' names, to be checked by a person."""
    named_team, named_day = read_place(folder)
    chosen_day = day.date() if day else named_day or utc_now().date()
    chosen_team = team or named_team or _UNKNOWN_TEAM
    path = write_manifest_template(folder, chosen_team, chosen_day, movement_names())
    CONSOLE.print(
        f"Wrote {escape(str(path))} for {escape(chosen_team)} on {chosen_day}. Fill in "
        f"what is empty, then check it with `sportsgpt session check "
        f"{escape(str(folder))}`."
    )


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder that holds session.toml.")],
) -> None:
    """Check a session.toml and list every problem, and what would be stopped."""
    manifest = load_manifest(folder)
    files = look_through(folder)
    plan = plan_recordings(manifest, files, movement_names())
    stops = _foresee(folder, plan, files)
    CONSOLE.print(
        f"{manifest.team} on {manifest.day}: {len(plan.recordings)} recording(s) "
        f"of {len(manifest.athletes)} athlete(s). The manifest is in order"
        f"{', but not all files are:' if stops else '.'}"
    )
    if unused := _list_without_recording(manifest, plan):
        CONSOLE.print(
            f"In no recording: {', '.join(unused)}. What is said of them is not used."
        )
    for name, refusal in stops:
        CONSOLE.print(f"[bold]{escape(show_name(name))}[/] would be stopped")
        CONSOLE.print(f"  found: {escape(refusal.reason)}")
        CONSOLE.print(f"  to do: {escape(refusal.fix)}")
    _check_place(folder, manifest)
    if stops:
        raise typer.Exit(1)


def _list_without_recording(manifest: SessionManifest, plan: SessionPlan) -> list[str]:
    """List athletes that are in no clip: absent that day, or a clip is misnamed."""
    filmed = {recording.athlete for recording in plan.recordings}
    return [athlete.id for athlete in manifest.athletes if athlete.id not in filmed]


def _foresee(
    folder: Path, plan: SessionPlan, files: FolderFiles
) -> list[tuple[str, Refusal]]:
    stops = foresee_stops(plan, files, movement_names())
    told = {name for name, _ in stops}
    empty = [(name, _EMPTY) for name in find_empty_clips(folder, files.clips)]
    return stops + [stop for stop in empty if stop[0] not in told]


def _check_place(folder: Path, manifest: SessionManifest) -> None:
    """Refuse a manifest that its place contradicts; say where runs look for it.

    Raises
    ------
    SessionError
        The folder lies in the inbox, under another team or day.
    """
    root = load_settings().inbox_root
    place = f"{manifest.team}/{manifest.day}"
    if not is_in_inbox(folder, root):
        CONSOLE.print(f"A run looks for it at {escape(root)}/{place}.")
        return
    found = name_place(folder)
    if found != place:
        raise SessionError(
            str(folder / MANIFEST_NAME),
            f"the manifest is of team {manifest.team} on {manifest.day}, its folder is "
            f"{found}; the inbox holds <team>/<YYYY-MM-DD>, as the manifest says them",
            "correct team and day in the manifest, or move the folder",
        )
