"""Where commands print, and how an error and a run's progress look."""

from rich.console import Console
from rich.markup import escape

from sportsgpt_lib.errors import SportsGptError

CONSOLE = Console(soft_wrap=True)
ERRORS = Console(stderr=True, soft_wrap=True)


def print_error(error: SportsGptError) -> None:
    """Print what is wrong, where, and the fix."""
    ERRORS.print(f"[bold red]Error[/] in {escape(error.where)}: {escape(error.found)}")
    for problem in error.problems:
        ERRORS.print(f"  - {escape(problem)}")
    ERRORS.print(f"[bold]Fix:[/] {escape(error.fix)}")


def print_step(step: str, word: str) -> None:
    """Print one line when a table or check is done; started steps stay silent."""
    name = step.replace("__", ".")
    if word == "failed":
        ERRORS.print(f"  [red]failed[/]  {escape(name)}")
    elif word == "finished" and not name.endswith((".contract", "_contract")):
        CONSOLE.print(f"  [green]done[/]    {escape(name)}")
