"""``sportsgpt run``: one training day of one team, now."""

from datetime import datetime
from typing import Annotated

import typer

from orchestration.cli.console import CONSOLE, StepPrinter, print_frames
from orchestration.cli.outcome import finish
from orchestration.settings import load_settings
from sportsgpt_lib.storage.partition import PartitionKey


def run(
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Training day.")],
    team: Annotated[str, typer.Option(help="Pseudonym of the team.")],
) -> None:
    """Run one training day of one team; what is done already is not done again."""
    from orchestration.environment import prepare
    from orchestration.resources import build_stage_catalog
    from orchestration.runs import run_training_day

    settings = load_settings()
    partition = PartitionKey(team, day.date())
    prepare(settings)
    CONSOLE.print(f"Running {partition.team_id} on {partition.session_day}")
    outcome = run_training_day(
        settings,
        partition,
        StepPrinter(),
        stage_catalog=build_stage_catalog(settings, print_frames),
    )
    finish(settings, partition, outcome)
