"""``sportsgpt db``: the embedded Postgres."""

import re
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE, ERRORS
from orchestration.settings import load_settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.feedback.answers import COACH_PATTERN
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
from sportsgpt_lib.storage.postgres_logins import (
    PLATFORM_LOGINS,
    PersonGroup,
    grant_team_access,
)


class Group(StrEnum):
    """Who a login belongs to."""

    ANALYST = "analyst"
    READER = "reader"
    COACH = "coach"


_GROUP_ROLES: dict[Group, PersonGroup] = {
    Group.ANALYST: "sportsgpt_analyst",
    Group.READER: "sportsgpt_reader",
    Group.COACH: "sportsgpt_coach",
}
app = typer.Typer(no_args_is_help=True, help="The embedded Postgres.")


@app.command()
def start() -> None:
    """Start and migrate the databases."""
    from orchestration.environment import prepare

    prepare(load_settings())
    CONSOLE.print("Postgres is up; `sportsgpt db url` prints how to reach it.")


@app.command()
def stop() -> None:
    """Stop the embedded Postgres."""
    settings = load_settings()
    if settings.postgres_url is not None:
        raise SettingError(
            "SPORTSGPT_POSTGRES_URL",
            "the databases lie on a server of your own",
            "stop that server with its own tools",
        )
    EmbeddedPostgres(settings.home).stop()
    CONSOLE.print("Postgres is stopped.")


@app.command()
def url() -> None:
    """Print the address of the marts, password included: keep it to yourself."""
    from orchestration.environment import start_databases

    typer.echo(start_databases(load_settings()).owner_url)


@app.command()
def grant(
    login: Annotated[str, typer.Argument(help="Name of the person's login.")],
    team: Annotated[list[str], typer.Option(help="A team to show; may be repeated.")],
    group: Annotated[
        Group, typer.Option(help="What the login may do.")
    ] = Group.ANALYST,
) -> None:
    """Let a person log in and see exactly these teams; asks for a new password."""
    from orchestration.environment import prepare
    from orchestration.history import load_known_teams
    from orchestration.resources import build_inbox

    if login in {platform.name for platform in PLATFORM_LOGINS.values()}:
        raise SettingError(
            login, "the platform itself uses this login", "choose another name"
        )
    if group is Group.COACH and re.fullmatch(COACH_PATTERN, login) is None:
        raise SettingError(
            login,
            "a coach's answers are stored under the login, so it must be a pseudonym "
            "or role of 2 to 32 small letters, digits, - and _",
            "choose another name, such as coach-2",
        )
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    settings = load_settings()
    grant_team_access(
        prepare(settings).owner_url,
        login,
        _GROUP_ROLES[group],
        team,
        password=password,
    )
    CONSOLE.print(f"{login} sees {', '.join(team)}.")
    known = load_known_teams(build_inbox(settings))
    for unknown in sorted({*team} - {*known}):
        ERRORS.print(
            f"[bold yellow]Note[/]: no team {escape(unknown)} has a folder or a run "
            f"yet; known are: {escape(', '.join(known)) or 'none'}. If it is misspelt, "
            "grant again."
        )
