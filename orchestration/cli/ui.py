"""``sportsgpt ui``: Dagster's web page and daemon over both code locations."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.console import CONSOLE
from orchestration.settings import PROJECT_ROOT, load_settings


def ui(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 3000,
) -> None:
    """Start the web page, the sensor and the nightly schedule; Ctrl-C ends them.

    The page has no log-in of its own, so it listens on this machine only.
    """
    from orchestration.environment import prepare

    prepare(load_settings())
    CONSOLE.print(f"Dagster on http://localhost:{port}; Ctrl-C ends it.")
    dagster = Path(sys.executable).with_name("dagster")
    os.chdir(PROJECT_ROOT)
    os.execv(  # noqa: S606 - replaces this process, with a fixed argument list
        dagster,
        [
            str(dagster),
            "dev",
            "--workspace",
            "workspace.yaml",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ],
    )
