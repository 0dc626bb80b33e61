"""Where commands print, and how an error and a run's progress look."""

import time

from rich.console import Console
from rich.markup import escape

from sportsgpt_lib.errors import SportsGptError

CONSOLE = Console(soft_wrap=True)
ERRORS = Console(stderr=True, soft_wrap=True)
_FRAMES_BETWEEN_LINES = 100


def print_error(error: SportsGptError) -> None:
    """Print what is wrong, where, and the fix."""
    ERRORS.print(f"[bold red]Error[/] in {escape(error.where)}: {escape(error.found)}")
    for problem in error.problems:
        ERRORS.print(f"  - {escape(problem)}")
    ERRORS.print(f"[bold]Fix:[/] {escape(error.fix)}")


def print_frames(clip_file: str, done_count: int) -> None:
    """Print how far the pose network is, every hundred frames of a clip."""
    if done_count % _FRAMES_BETWEEN_LINES == 0:
        CONSOLE.print(f"  …       {escape(clip_file)}, {done_count} frames")


class StepPrinter:
    """Prints one line for every table that is done, and its seconds.

    On a terminal the step under way is shown too. Checks are shown when they fail only.
    """

    def __init__(self) -> None:
        self._started_at_s: dict[str, float] = {}

    def __call__(self, step: str, word: str) -> None:
        """Hear of a step; ``word`` is ``started``, ``finished`` or ``failed``."""
        name = escape(step.replace("__", "."))
        if word == "started":
            self._started_at_s[step] = time.monotonic()
            if CONSOLE.is_terminal:
                CONSOLE.print(f"  …       {name}", end="\r")
            return
        seconds = time.monotonic() - self._started_at_s.get(step, time.monotonic())
        if word == "failed":
            ERRORS.print(f"  [red]failed[/]  {name}")
        elif not name.endswith("contract"):
            CONSOLE.print(f"  [green]done[/]    {name}  [dim]{seconds:.1f} s[/]")
