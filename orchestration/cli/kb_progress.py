"""Shows how far an ingest is: files, texts being embedded, the index."""

import time

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from orchestration.cli.frame_progress import SECONDS_BETWEEN_LINES

_NAMES = {
    "sources": "sources read",
    "embed": "texts embedded",
    "index": "collections indexed",
    "recall": "recall measured",
}


class _RateColumn(ProgressColumn):
    """How many a second, since the bar began."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "", style="dim")


class IngestProgress:
    """Hears how far an ingest is: bars on a terminal, else a line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._said_at_s = 0.0

    def __call__(self, stage: str, done: int, total: int, what: str) -> None:
        """Hear of a stage; see ``kb_ingest/progress.py``."""
        if self._console.is_terminal:
            self._move_bar(stage, done, total, what)
            return
        now_s = time.monotonic()
        if done == total or now_s - self._said_at_s >= SECONDS_BETWEEN_LINES:
            self._said_at_s = now_s
            self._console.print(f"  …       {done} of {total} {_NAMES[stage]}")

    def end_step(self) -> None:
        """Take the bars away: the step under way has ended."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
            self._tasks.clear()

    def _move_bar(self, stage: str, done: int, total: int, what: str) -> None:
        if self._bars is None:
            self._bars = Progress(
                TextColumn("  …       {task.description}", markup=False),
                BarColumn(20),
                MofNCompleteColumn(),
                _RateColumn(),
                TimeRemainingColumn(),
                TextColumn("[dim]{task.fields[what]}[/]"),
                console=self._console,
                transient=True,
            )
            self._bars.start()
            # A killed run could not show it again.
            self._console.show_cursor()
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(_NAMES[stage], what="")
        self._bars.update(
            self._tasks[stage], completed=done, total=total, what=escape(what)
        )
