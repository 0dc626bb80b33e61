"""Puts the commands together, and turns our errors into a message and an exit code."""

import sys
from typing import Any

import click
import typer
from typer.core import TyperGroup

from orchestration.cli import (
    database,
    demo,
    doctor,
    evaluate,
    feedback,
    kb,
    movements,
    pose,
    reference,
    run,
    session,
    sql,
    status,
    ui,
)
from orchestration.cli.console import ERRORS, print_error
from sportsgpt_lib.errors import SportsGptError

_INTERRUPTED = 130


class _OneMessageGroup(TyperGroup):
    """Prints an error of ours as one message instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SportsGptError as error:
            print_error(error)
            sys.exit(1)
        except KeyboardInterrupt:
            ERRORS.print(
                "Stopped. Nothing half-written is kept; start it again, and it goes on "
                "where it was."
            )
            sys.exit(_INTERRUPTED)


app = typer.Typer(
    cls=_OneMessageGroup,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Technique analysis in sport: from training videos to traceable guidance.",
)
app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("status")(status.status)
app.command("evaluate")(evaluate.evaluate)
app.command("sql", context_settings=sql.TAKES_COMMENTS)(sql.sql)
app.command("ui")(ui.ui)
app.command("doctor")(doctor.doctor)
app.add_typer(session.app, name="session")
app.add_typer(movements.app, name="movements")
app.add_typer(kb.app, name="kb")
app.add_typer(feedback.app, name="feedback")
app.add_typer(pose.app, name="pose")
app.add_typer(reference.app, name="reference")
app.add_typer(database.app, name="db")
