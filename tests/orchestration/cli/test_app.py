import subprocess
import sys
from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from orchestration.cli.app import _OneMessageGroup
from sportsgpt_lib.errors import SessionError

COMMANDS = (
    "demo",
    "run",
    "status",
    "sql",
    "ui",
    "doctor",
    "session",
    "kb",
    "pose",
    "db",
)
LONG_MESSAGE = "x" * 200


@pytest.fixture
def failing_app() -> typer.Typer:
    app = typer.Typer(cls=_OneMessageGroup)

    @app.command()
    def wrong() -> None:
        problems = ["day: found [red]tomorrow[/]", LONG_MESSAGE]
        raise SessionError("a/session.toml", "2 problem(s)", "mend", problems=problems)

    @app.command()
    def stopped() -> None:
        raise KeyboardInterrupt

    @app.command()
    def bug() -> None:
        raise ZeroDivisionError

    return app


def test_error_of_ours_is_one_message_with_every_problem_and_the_fix(failing_app):
    result = CliRunner().invoke(failing_app, ["wrong"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "Error in a/session.toml: 2 problem(s)",
        "  - day: found [red]tomorrow[/]",
        f"  - {LONG_MESSAGE}",
        "Fix: mend",
    ]


def test_ctrl_c_is_no_error_of_the_program(failing_app):
    result = CliRunner().invoke(failing_app, ["stopped"])
    assert result.exit_code == 130
    assert "start it again" in result.stderr


def test_bug_is_never_dressed_up_as_an_error_of_the_user(failing_app):
    result = CliRunner().invoke(failing_app, ["bug"])
    assert isinstance(result.exception, ZeroDivisionError)


def test_wrong_setting_ends_a_command_with_the_fix(call, monkeypatch):
    monkeypatch.setenv("SPORTSGPT_WORKERS", "no-number-4711")
    result = call("sql", "select 1")
    assert result.exit_code == 1
    assert "SPORTSGPT_WORKERS" in result.stderr
    assert "Fix: set them as .env.example shows" in result.stderr
    assert "4711" not in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(call, command):
    result = call(command, "--help")
    assert result.exit_code == 0
    assert f"Usage: root {command}" in click.unstyle(result.stdout)


def test_installed_program_lists_every_command():
    program = Path(sys.executable).with_name("sportsgpt")
    done = subprocess.run(
        [str(program), "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    shown = click.unstyle(done.stdout)
    assert all(f" {command} " in shown for command in COMMANDS)


def test_help_does_not_wait_for_dagster():
    text = "import sys, orchestration.cli; sys.exit('dagster' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", text], timeout=60, check=False)
    assert done.returncode == 0
