"""The command line ``sportsgpt``: one module per command.

Commands print and decide the exit code; what they do lies in ``orchestration`` and
``sportsgpt_lib``. Dagster is imported inside the commands that need it, so that
``sportsgpt --help`` answers at once.
"""

from orchestration.cli.app import app

__all__ = ["app"]
