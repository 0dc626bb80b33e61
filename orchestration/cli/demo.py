"""``sportsgpt demo``: the main job on real footage, from raw video to report."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE, StepPrinter
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.errors import SessionError, SettingError
from sportsgpt_lib.session.manifest import load_manifest
from sportsgpt_lib.storage.partition import PartitionKey

EXAMPLE_QUERY = """\
select athlete_id, indicator, count(*) as repetitions,
       round(avg(value), 2) as mean, round(avg(error), 2) as error, unit
from training.kismam_metrics
where team_id = '{team}' and session_day = '{day}' and validity = 'valid'
group by all order by all limit 8"""


def demo(
    footage: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="Your own session folder, with a session.toml beside the clips.",
        ),
    ] = None,
) -> None:
    """Run the main job on real footage: from raw video to guidance report."""
    from orchestration.cli.outcome import finish, run_and_show
    from orchestration.demo_footage import lay_out_demo_session
    from orchestration.environment import make_private_home, prepare
    from orchestration.runs import run_knowledge_base

    started_s = time.monotonic()
    settings = load_settings()
    if "://" in settings.inbox_root:
        raise SettingError(
            "SPORTSGPT_INBOX",
            "the demo lays out its session in a local inbox, and this one is remote",
            "unset it for the demo, or put the session there and use `sportsgpt run`",
        )
    make_private_home(settings)
    inbox = Path(settings.inbox_root)
    CONSOLE.print("[bold]1/4[/] Footage")
    folder = (
        lay_out_demo_session(inbox) if footage is None else link_session(footage, inbox)
    )
    manifest = load_manifest(folder)
    partition = PartitionKey(manifest.team, manifest.day)
    CONSOLE.print("[bold]2/4[/] Databases: Postgres with pgvector")
    prepare(settings)
    CONSOLE.print("[bold]3/4[/] Knowledge base")
    outcome = run_knowledge_base(settings, StepPrinter())
    if outcome.success:
        CONSOLE.print(
            f"[bold]4/4[/] Training day {partition.session_day} of {partition.team_id}"
        )
        outcome = run_and_show(settings, partition)
    finish(settings, partition, outcome)
    print_results(settings, partition)
    CONSOLE.print(f"Took {time.monotonic() - started_s:.0f} s.")


def link_session(footage: Path, inbox: Path) -> Path:
    """Make a session folder from elsewhere part of the inbox, without copying it.

    Raises
    ------
    SessionError
        It has no usable manifest, or the inbox holds another folder of that team and
        day.
    """
    manifest = load_manifest(footage)
    folder = inbox / manifest.team / manifest.day.isoformat()
    source = footage.resolve()
    if folder.exists() and folder.resolve() == source:
        return folder
    if folder.is_symlink():
        folder.unlink()
    if folder.exists():
        raise SessionError(
            str(footage),
            f"the inbox holds another session of {manifest.team} on {manifest.day}",
            f"change team or day in the manifest, or remove {folder}",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(source, target_is_directory=True)
    return folder


def print_results(settings: Settings, partition: PartitionKey) -> None:
    """Print what was made, where it lies, and one query with its answer."""
    from orchestration.cli.sql import print_query

    folder = settings.report_folder(partition)
    CONSOLE.rule("What was made")
    for path in sorted(folder.glob("*")):
        if path.suffix in {".html", ".mp4"}:
            CONSOLE.print(f"{path.suffix[1:]:<6} {escape(str(path))}")
    CONSOLE.print(f"duckdb {escape(str(settings.duckdb_file))}")
    CONSOLE.print("\nSee the two graphs, their tables and checks:")
    CONSOLE.print("  .venv/bin/sportsgpt ui     then open http://localhost:3000")
    query = EXAMPLE_QUERY.format(team=partition.team_id, day=partition.session_day)
    CONSOLE.print("\nOne query, as `sportsgpt sql` answers it:")
    CONSOLE.print(escape(query), style="dim")
    print_query(settings, query)
    CONSOLE.print(
        "Postgres goes on running for the next command; `.venv/bin/sportsgpt db stop` "
        "ends it."
    )
