"""Where commands print, and how an error and a run's progress look."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.markup import escape

from sportsgpt_lib.errors import SportsGptError

CONSOLE = Console(soft_wrap=True)
ERRORS = Console(stderr=True, soft_wrap=True)
_KEPT = "kept"


def print_error(error: SportsGptError) -> None:
    """Print what is wrong, where, and the fix."""
    ERRORS.print(f"[bold red]Error[/] in {escape(error.where)}: {escape(error.found)}")
    for problem in error.problems:
        ERRORS.print(f"  - {escape(problem)}")
    ERRORS.print(f"[bold]Fix:[/] {escape(error.fix)}")


class StepPrinter:
    """Prints one line for every table that is done, and its seconds.

    On a terminal the step under way is shown too. Checks are shown when they fail only.

    Parameters
    ----------
    console
        Where to print; None = on standard output.
    end_step
        Called before the line of a step that ended.
    """

    def __init__(
        self,
        console: Console | None = None,
        end_step: Callable[[], None] = lambda: None,
    ) -> None:
        self._console = console
        self._end_step = end_step
        self._started_at_s: dict[str, float] = {}

    def __call__(self, step: str, word: str) -> None:
        """Hear of a step; ``word`` is one of ``orchestration.step_log``."""
        console = self._console or CONSOLE
        name = escape(step.replace("__", "."))
        if word == "started":
            self._started_at_s[step] = time.monotonic()
            if console.is_terminal:
                console.print(f"  …       {name}", end="\r")
            return
        self._end_step()
        seconds = time.monotonic() - self._started_at_s.get(step, time.monotonic())
        if word == "failed":
            ERRORS.print(f"  [red]failed[/]  {name}")
        elif not name.endswith("contract"):
            mark = "[dim]kept[/]" if word == _KEPT else "[green]done[/]"
            console.print(f"  {mark}    {name}  [dim]{seconds:.1f} s[/]")
