"""Progress reaches the person who waits, and nobody and nothing else."""

import io
import os
import pickle
import subprocess
import sys

import pytest
from rich.console import Console

from orchestration.cli import frame_progress
from orchestration.cli.frame_progress import (
    ClipPlace,
    FrameReporter,
    FrameSignals,
    listen_to_frames,
    load_places,
    open_terminal,
)
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import RECORDINGS
from tests.reporting.session_rows import DAY, TEAM, build_recording, table

PLACES = {"vfr.mp4": ClipPlace(4, 10, 900), "b.mp4": ClipPlace(5, 10, 3)}


@pytest.fixture
def now_s(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(frame_progress.time, "monotonic", lambda: clock[0])
    return clock


def build_reporter(*, is_terminal: bool = False, clips_at_once: int = 1):
    written = io.StringIO()
    console = Console(
        file=written, force_terminal=is_terminal, width=80, soft_wrap=True
    )
    return FrameReporter(console, lambda: PLACES, clips_at_once), written


def test_log_gets_a_line_now_and_then(now_s):
    reporter, written = build_reporter()
    for done_count in range(1, 42):
        reporter("vfr.mp4", done_count)
        now_s[0] += 0.5
    assert [line.split("…")[1].strip() for line in written.getvalue().splitlines()] == [
        "clip 4 of 10: vfr.mp4, frame 1 of 900",
        "clip 4 of 10: vfr.mp4, frame 21 of 900",
        "clip 4 of 10: vfr.mp4, frame 41 of 900",
    ]


def test_clip_that_goes_on_after_a_kill_says_where(now_s):
    reporter, written = build_reporter()
    reporter("vfr.mp4", 41)
    reporter("vfr.mp4", 42)
    assert written.getvalue().count("going on at frame 41 of 900 of vfr.mp4") == 1
    reporter("b.mp4", 1)
    assert written.getvalue().count("going on") == 1


def test_terminal_shows_the_frame_under_way_and_leaves_nothing_behind():
    reporter, written = build_reporter(is_terminal=True)
    reporter("vfr.mp4", 1)
    reporter("vfr.mp4", 410)
    reporter.end_step()
    shown = written.getvalue()
    assert "clip 4 of 10: vfr.mp4, frame 410 of 900" in shown
    assert shown.endswith("\x1b[2K")


def test_finished_clip_leaves_no_bar():
    reporter, _ = build_reporter(is_terminal=True, clips_at_once=2)
    for done_count in (1, 2, 3):
        reporter("b.mp4", done_count)
    assert reporter._bars.tasks == []
    reporter.end_step()


def test_name_is_shown_as_it_is_and_never_as_control_characters(now_s):
    reporter, written = build_reporter()
    reporter("[red]\x1b[2J.mp4", 1)
    assert "[red]\\x1b[2J.mp4, frame 1" in written.getvalue()


def test_signals_of_another_process_are_heard(now_s):
    reporter, written = build_reporter()
    with listen_to_frames(reporter) as signals:
        call = f"import pickle; pickle.loads({pickle.dumps(signals)!r})('vfr.mp4', 41)"
        subprocess.run([sys.executable, "-c", call], check=True, timeout=60)
    assert "going on at frame 41 of 900 of vfr.mp4" in written.getvalue()


def test_signal_without_a_listener_is_lost_and_stops_nothing(tmp_path):
    FrameSignals(str(tmp_path / "nowhere"))("a.mp4", 1)
    os.mkfifo(tmp_path / "deaf")
    FrameSignals(str(tmp_path / "deaf"))("a.mp4", 1)


def test_terminal_is_reached_past_whoever_takes_standard_output(tmp_path):
    text = """
import os, sys
from orchestration.cli.frame_progress import open_terminal
with open_terminal() as console:
    taken = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY)
    os.dup2(taken, 1)
    console.print("walk of somebody.mp4")
    print("kept by Dagster", flush=True)
"""
    taken = tmp_path / "taken.out"
    done = subprocess.run(
        [sys.executable, "-c", text, str(taken)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "walk of somebody.mp4\n"
    assert taken.read_text() == "kept by Dagster\n"


def test_output_that_is_no_file_is_written_to_as_it_is(capsys):
    with open_terminal() as console:
        console.print("here")
    assert capsys.readouterr().out == "here\n"


def test_places_count_every_clip_that_may_go_on_once(settings):
    rows = [
        {**build_recording(), "recording_id": name, "clip_sha256": clip * 64}
        | {"clip_file": f"{clip}.mp4", "verdict": verdict, "frame_count": 90}
        for name, clip, verdict in (
            ("r1", "a", "PASS"),
            ("r2", "b", "REJECT"),
            ("r3", "a", "WARN"),
            ("r4", "c", "WARN"),
        )
    ]
    lake = Lake(settings.lake_root)
    partition = PartitionKey(TEAM, DAY)
    lake.write(RECORDINGS, partition, table("recordings", rows))
    assert load_places(lake, partition) == {
        "a.mp4": ClipPlace(1, 2, 90),
        "c.mp4": ClipPlace(2, 2, 90),
    }
