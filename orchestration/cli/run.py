"""``sportsgpt run``: one training day of one team, now."""

from datetime import datetime
from typing import Annotated

import typer

from orchestration.cli.console import CONSOLE
from orchestration.cli.outcome import finish, run_and_show
from orchestration.settings import load_settings
from sportsgpt_lib.storage.partition import PartitionKey


def run(
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Training day.")],
    team: Annotated[str, typer.Option(help="Pseudonym of the team.")],
) -> None:
    """Run one training day of one team; what is done already is not done again."""
    from orchestration.environment import prepare

    settings = load_settings()
    partition = PartitionKey(team, day.date())
    prepare(settings)
    CONSOLE.print(f"Running {partition.team_id} on {partition.session_day}")
    finish(settings, partition, run_and_show(settings, partition))
