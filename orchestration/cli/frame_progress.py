"""Shows how far the pose networks are, clip by clip and frame by frame.

Stages call a ``FrameSignals`` after every frame, in this process or in a worker's. It
writes to a named pipe; a thread of the command line reads that and prints. What is
printed names files, so it goes to the terminal past Dagster, which keeps what a run
writes to its standard output.
"""

import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from orchestration.cli.console import CONSOLE
from sportsgpt_lib.session.folder_files import show_name
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import RECORDINGS

# Chosen: a log of a night stays short, and nobody waits longer for a sign of life.
SECONDS_BETWEEN_LINES = 10.0


@dataclass(frozen=True)
class FrameSignals:
    """What a stage calls after every frame; it can be pickled.

    A signal that finds nobody listening is lost: progress is no part of the result.
    """

    pipe: str

    def __call__(self, clip_file: str, done_count: int) -> None:
        """Tell that so many frames of a clip are done."""
        line = json.dumps([clip_file, done_count]) + "\n"
        with contextlib.suppress(OSError):
            descriptor = os.open(self.pipe, os.O_WRONLY | os.O_NONBLOCK)
            try:
                os.write(descriptor, line.encode("ascii"))
            finally:
                os.close(descriptor)


@dataclass(frozen=True)
class ClipPlace:
    """A clip's place among those of its day, counted from 1, and its frames."""

    number: int
    clip_count: int
    frame_count: int | None


_UNKNOWN_PLACE = ClipPlace(0, 0, None)


def load_places(lake: Lake, partition: PartitionKey) -> dict[str, ClipPlace]:
    """Load the place of every clip that may go on, in the order they are looked at."""
    clips = (
        lake.read(RECORDINGS, partition)
        .filter(pl.col("verdict").is_in(["PASS", "WARN"]))
        .sort("recording_id")
        .unique("clip_sha256", keep="first", maintain_order=True)
    )
    return {
        row["clip_file"]: ClipPlace(number, clips.height, row["frame_count"])
        for number, row in enumerate(clips.iter_rows(named=True), start=1)
    }


class FrameReporter:
    """Prints how far each clip is: a bar on a terminal, else a line now and then.

    Parameters
    ----------
    console
        Where to print.
    load_places
        Loads the clips' places; called once, at the first frame.
    clips_at_once
        How many clips are worked on at the same time.
    """

    def __init__(
        self,
        console: Console,
        load_places: Callable[[], Mapping[str, ClipPlace]],
        clips_at_once: int = 1,
    ) -> None:
        self._console = console
        self._load_places = load_places
        self._clips_at_once = clips_at_once
        self._places: Mapping[str, ClipPlace] | None = None
        self._lock = threading.Lock()
        self._begun: set[str] = set()
        self._said_at_s = -SECONDS_BETWEEN_LINES
        self._tasks: dict[str, TaskID] = {}
        self._bars: Progress | None = None

    def __call__(self, clip_file: str, done_count: int) -> None:
        """Hear that so many frames of a clip are done."""
        with self._lock:
            if self._places is None:
                self._places = self._load_places()
            place = self._places.get(clip_file, _UNKNOWN_PLACE)
            if clip_file not in self._begun:
                self._begin(clip_file, done_count, place)
            if self._console.is_terminal:
                self._move_bar(clip_file, done_count, place)
            elif time.monotonic() - self._said_at_s >= SECONDS_BETWEEN_LINES:
                self._said_at_s = time.monotonic()
                self._say(_describe(clip_file, done_count, place))

    def end_step(self) -> None:
        """Take the bars away."""
        with self._lock:
            if self._bars is not None:
                self._bars.stop()
            self._bars = None
            self._tasks.clear()

    def _begin(self, clip_file: str, done_count: int, place: ClipPlace) -> None:
        self._begun.add(clip_file)
        if done_count > 1:  # the frames before it were done by a run that was killed
            frame = f"frame {done_count}{_of(place.frame_count)}"
            self._say(f"going on at {frame} of {show_name(clip_file)}")

    def _say(self, words: str) -> None:
        self._console.print(f"  …       {escape(words)}")

    def _move_bar(self, clip_file: str, done_count: int, place: ClipPlace) -> None:
        if self._bars is None:
            columns = (TextColumn("  …       {task.description}", markup=False),)
            self._bars = Progress(
                *columns, BarColumn(20), console=self._console, transient=True
            )
            self._bars.start()
            # A killed run could not show it again.
            self._console.show_cursor()
        if clip_file not in self._tasks:
            while len(self._tasks) >= self._clips_at_once:
                self._bars.remove_task(self._tasks.pop(next(iter(self._tasks))))
            self._tasks[clip_file] = self._bars.add_task("", total=place.frame_count)
        self._bars.update(
            self._tasks[clip_file],
            description=_describe(clip_file, done_count, place),
            completed=done_count,
        )
        if done_count == place.frame_count:
            self._bars.remove_task(self._tasks.pop(clip_file))


@contextmanager
def open_terminal() -> Iterator[Console]:
    """Open standard output a second time, so that nobody who takes it over hears us."""
    try:
        descriptor = os.dup(sys.stdout.fileno())
    except (OSError, ValueError):  # standard output is no file of this system
        yield CONSOLE
        return
    with os.fdopen(descriptor, "w", encoding=sys.stdout.encoding) as file:
        yield Console(file=file, soft_wrap=True)


@contextmanager
def listen_to_frames(reporter: FrameReporter) -> Iterator[FrameSignals]:
    """Give the signals that a reporter hears while the context lasts."""
    with tempfile.TemporaryDirectory(prefix="sportsgpt-") as folder:
        pipe = Path(folder) / "frames"
        os.mkfifo(pipe)
        # Open for both, so that the pipe never ends while writers come and go.
        with os.fdopen(os.open(pipe, os.O_RDWR), "r+b", buffering=0) as both:
            thread = threading.Thread(
                target=_listen, args=(both.fileno(), reporter), daemon=True
            )
            thread.start()
            try:
                yield FrameSignals(str(pipe))
            finally:
                os.write(both.fileno(), b"\n")
                thread.join()
                reporter.end_step()


def show_frames(
    console: Console, lake: Lake, partition: PartitionKey, clips_at_once: int
) -> FrameReporter:
    """Build the reporter of one training day."""
    return FrameReporter(console, lambda: load_places(lake, partition), clips_at_once)


def _listen(descriptor: int, reporter: FrameReporter) -> None:
    """Read signals until an empty line."""
    with os.fdopen(os.dup(descriptor), "r", encoding="ascii") as lines:
        for line in iter(lines.readline, "\n"):
            reporter(*json.loads(line))


def _describe(clip_file: str, done_count: int, place: ClipPlace) -> str:
    number = f"clip {place.number} of {place.clip_count}: " if place.number else ""
    frames = f"frame {done_count}{_of(place.frame_count)}"
    return f"{number}{show_name(clip_file)}, {frames}"


def _of(frame_count: int | None) -> str:
    return "" if frame_count is None else f" of {frame_count}"
