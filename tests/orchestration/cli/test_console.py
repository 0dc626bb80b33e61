import io

import pytest
from rich.console import Console

from orchestration.cli import console
from orchestration.cli.console import StepPrinter

STEP = "training__pose_tracks"


@pytest.fixture
def terminal(monkeypatch) -> io.StringIO:
    written = io.StringIO()
    console_of_a_person = Console(file=written, force_terminal=True, width=80)
    monkeypatch.setattr(console, "CONSOLE", console_of_a_person)
    return written


def test_one_line_for_every_table_that_is_done(capsys):
    printer = StepPrinter()
    printer(STEP, "started")
    assert capsys.readouterr().out == ""
    printer(STEP, "finished")
    assert capsys.readouterr().out.split() == [
        "done",
        "training.pose_tracks",
        "0.0",
        "s",
    ]


def test_step_under_way_is_shown_on_a_terminal_only(terminal):
    StepPrinter()(STEP, "started")
    assert "training.pose_tracks" in terminal.getvalue()
    assert "\n" not in terminal.getvalue()


@pytest.mark.parametrize("step", [STEP, "training__pose_tracks_contract"])
def test_failure_is_shown_whatever_failed(capsys, step):
    printer = StepPrinter()
    printer(step, "started")
    printer(step, "failed")
    said = capsys.readouterr()
    assert said.err.split() == ["failed", step.replace("__", ".")]
    assert said.out == ""


def test_check_that_passed_is_no_news(capsys):
    printer = StepPrinter()
    printer("training__pose_tracks_contract", "started")
    printer("training__pose_tracks_contract", "finished")
    assert capsys.readouterr().out == ""


def test_time_is_measured_for_each_step_alone(capsys, monkeypatch):
    now_s = iter([10.0, 11.0, 13.0, 13.0, 15.5, 15.5])
    monkeypatch.setattr(console.time, "monotonic", lambda: next(now_s))
    printer = StepPrinter()
    printer("a", "started")
    printer("b", "started")
    printer("a", "finished")
    printer("b", "finished")
    assert capsys.readouterr().out.split()[2::4] == ["3.0", "4.5"]


def test_stage_that_took_all_from_an_earlier_run_is_marked(capsys):
    printer = StepPrinter()
    printer(STEP, "started")
    printer(STEP, "kept")
    assert capsys.readouterr().out.split()[:2] == ["kept", "training.pose_tracks"]


def test_bars_are_taken_away_before_the_line_of_a_step(terminal):
    seen: list[str] = []
    console_used = console.CONSOLE
    printer = StepPrinter(console_used, lambda: seen.append(terminal.getvalue()))
    printer(STEP, "started")
    assert seen == []
    printer(STEP, "finished")
    assert "done" not in seen[0]
    assert "done" in terminal.getvalue()
