from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
import typer

from orchestration.cli import ui
from orchestration.cli.outcome import finish
from orchestration.runs import RunOutcome
from sportsgpt_lib.pose import rtmpose_export
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import QUALITY_VERDICTS
from tests.reporting.session_rows import DAY, TEAM, build_tables

PARTITION = PartitionKey(TEAM, DAY)


def test_failed_run_names_step_and_reason_and_ends_with_1(settings, capsys):
    outcome = RunOutcome("run-1", success=False, failures={"pose": "no [disk] space"})
    with pytest.raises(typer.Exit) as caught:
        finish(settings, PARTITION, outcome)
    assert caught.value.exit_code == 1
    said = capsys.readouterr()
    assert "Failed pose: no [disk] space" in said.err
    assert "run-1" in said.err
    assert "Results" not in said.out


def test_finished_run_shows_verdicts_and_where_the_results_lie(settings, capsys):
    Lake(settings.lake_root).write(
        QUALITY_VERDICTS, PARTITION, build_tables()["quality_verdicts"]
    )
    finish(settings, PARTITION, RunOutcome("run-1", success=True, failures={}))
    shown = capsys.readouterr().out
    assert "1 of 2 recordings published; 1 more file is no recording" in shown
    assert f"Results: {settings.report_folder(PARTITION)}/index.html" in shown
    assert "Nothing changed" not in shown


def test_run_that_brought_nothing_new_says_so(settings, capsys):
    Lake(settings.lake_root).write(
        QUALITY_VERDICTS, PARTITION, build_tables()["quality_verdicts"]
    )
    since = datetime(2026, 1, 15, 23, 5, tzinfo=UTC)
    outcome = RunOutcome("run-1", success=True, failures={}, unchanged_since=since)
    finish(settings, PARTITION, outcome)
    shown = capsys.readouterr().out
    assert "Nothing changed since 2026-01-15 23:05 UTC; 3 of 3 kept." in shown


@pytest.mark.integration
@pytest.mark.parametrize("day", ["2024-12-31", date.max.isoformat()])
def test_day_without_a_partition_is_refused(call, own_server, day):
    result = call("run", "--day", day, "--team", "blue")
    assert result.exit_code == 1
    assert "the day must lie between 2025-01-01 and today" in result.stderr
    assert "Fix:" in result.stderr


def test_team_that_no_folder_can_have_is_refused_before_anything_starts(call, home):
    result = call("run", "--day", "2026-01-15", "--team", "../blue")
    assert result.exit_code == 1
    assert "cannot name a team" in result.stderr
    assert not home.exists()


@pytest.mark.integration
def test_page_listens_on_this_machine_only(call, own_server, monkeypatch):
    started: list[list[str]] = []
    fake = SimpleNamespace(
        chdir=lambda _: None, execv=lambda _, arguments: started.append(arguments)
    )
    monkeypatch.setattr(ui, "os", fake)
    result = call("ui", "--port", "4000")
    assert result.exit_code == 0
    assert "http://localhost:4000" in result.stdout
    (arguments,) = started
    assert arguments[1] == "dev"
    assert arguments[arguments.index("--host") + 1] == "127.0.0.1"
    assert arguments[arguments.index("--port") + 1] == "4000"


def test_export_says_how_far_both_networks_differ(call, tmp_path, monkeypatch):
    asked: list[object] = []

    def export(*arguments: object) -> SimpleNamespace:
        asked.extend(arguments)
        return SimpleNamespace(
            worst_disagreement_px=0.0023,
            worst_confidence_difference=0.001,
            keypoints_compared_count=52,
            onnx_sha256="a" * 64,
            checkpoint_sha256="b" * 64,
            missing_keypoints=("head", "left_heel"),
        )

    monkeypatch.setattr(rtmpose_export, "export_rtmpose", export)
    target = tmp_path / "net.onnx"
    result = call("pose", "export", "config", "weights.pth", str(target))
    assert asked == ["config", "weights.pth", target]
    assert "52 keypoints lie at most 0.0023 px from mmpose's" in result.stdout
    assert "cannot see: head, left heel" in result.stdout
    assert "a" * 64 in result.stdout
