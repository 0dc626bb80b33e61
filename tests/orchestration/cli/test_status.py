from pathlib import Path
from uuid import uuid4

import dagster as dg
import pytest

from orchestration.cli.status import print_verdicts
from orchestration.environment import prepare
from orchestration.jobs import TRAINING_JOB_NAME
from orchestration.run_locks import KILLED
from orchestration.runs import INTERRUPTED
from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import QUALITY_VERDICTS, RECORDINGS
from tests.reporting.session_rows import (
    DAY,
    TEAM,
    build_recording,
    build_tables,
    table,
    verdict,
)

PARTITION = PartitionKey(TEAM, DAY)


@pytest.fixture
def lake(settings):
    return Lake(settings.lake_root)


def test_verdicts_say_what_was_found_and_what_to_do(settings, lake, capsys):
    lake.write(QUALITY_VERDICTS, PARTITION, build_tables()["quality_verdicts"])
    print_verdicts(settings, PARTITION)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "1 of 2 recordings published; 1 more file is no recording",
        "REJECT empty.mp4 at recordings",
        "found: The file is empty.",
        "to do: Copy the file from the camera again.",
        "QUARANTINE evening/nobody.mp4 at pose_tracks",
        "found: Nobody was found in any frame.",
        "to do: Look at the clip; take it out of the session if it shows nobody.",
        "WARN morning/walk 01.mp4, walker-a at athlete_poses",
        "found: The shoulders were seen with low confidence in 31 % of the frames.",
        "to do: Film with the sun behind the camera.",
    ]


def test_stops_come_before_warnings(settings, lake, capsys):
    rows = [
        verdict(word, f"{number}.mp4", reason_code="x", reason="found", fix="mend")
        for number, word in enumerate(["WARN", "REJECT", "WARN", "QUARANTINE"])
    ]
    lake.write(QUALITY_VERDICTS, PARTITION, table("quality_verdicts", rows))
    print_verdicts(settings, PARTITION)
    shown = [
        line.split()[:2]
        for line in capsys.readouterr().out.splitlines()
        if ".mp4" in line
    ]
    assert [word for word, _ in shown] == ["REJECT", "QUARANTINE", "WARN", "WARN"]


def test_names_of_files_are_shown_as_they_are(settings, lake, capsys):
    odd = verdict("REJECT", "[red]a[/].mp4", reason_code="x", reason="[/b]", fix="[1]")
    lake.write(QUALITY_VERDICTS, PARTITION, table("quality_verdicts", [odd]))
    print_verdicts(settings, PARTITION)
    shown = capsys.readouterr().out
    assert "REJECT [red]a[/].mp4 at recordings" in shown
    assert "found: [/b]" in shown
    assert "to do: [1]" in shown


def test_day_that_was_never_taken_in_has_nothing_yet(settings, lake, capsys):
    print_verdicts(settings, PARTITION)
    assert capsys.readouterr().out.strip() == "nothing yet"
    lake.write(RECORDINGS, PARTITION, table("recordings", [build_recording()]))
    print_verdicts(settings, PARTITION)
    assert capsys.readouterr().out.strip() == "no verdicts yet"


def run_day(team: str, *, error: Exception | None = None) -> str:
    """A run of the training job's name, as Dagster records it."""

    @dg.op(name="pose_tracks")
    def work() -> None:
        if error is not None:
            raise error

    @dg.job(name=TRAINING_JOB_NAME)
    def training_day() -> None:
        work()

    with dg.DagsterInstance.get() as instance:
        result = training_day.execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags={"dagster/partition": f"{DAY}|{team}"},
        )
    return result.run_id


@pytest.fixture
def team(own_server, settings):
    """A team of its own: all tests share one database of Dagster's."""
    prepare(settings)
    name = f"team-{uuid4().hex[:8]}"
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions("team", [name])
    return name


@pytest.mark.integration
def test_night_without_runs_is_said(call, team):
    result = call("status", "--team", team)
    assert result.exit_code == 0
    assert result.stdout.strip() == "No run in the last 1 day(s)."


@pytest.mark.integration
def test_failed_run_is_shown_with_its_reason_and_makes_the_exit_code_1(call, team):
    run_day(team, error=DatabaseError("marts", "the disk is full", "free some space"))
    result = call("status", "--team", team)
    assert result.exit_code == 1
    assert f"{team} {DAY}: FAILED at" in result.stdout
    assert "pose_tracks: marts: the disk is full. Fix: free some space" in result.stdout


@pytest.mark.integration
def test_newest_run_of_a_day_counts(call, team):
    run_day(team, error=ValueError("once"))
    run_day(team)
    result = call("status", "--team", team)
    assert result.exit_code == 0
    assert result.stdout.count(team) == 1
    assert f"{team} {DAY}: finished at" in result.stdout
    assert "nothing yet" in result.stdout


@pytest.mark.integration
def test_other_teams_are_left_out(call, team):
    run_day(f"{team}-other", error=ValueError("theirs"))
    run_day(team)
    result = call("status", "--team", team)
    assert result.exit_code == 0
    assert "theirs" not in result.stdout


@pytest.mark.integration
@pytest.mark.parametrize("stop", [KILLED, INTERRUPTED])
def test_run_that_was_killed_is_to_be_started_again(call, team, stop):
    run_day(team, error=RuntimeError(stop))
    result = call("status", "--team", team)
    assert result.exit_code == 1
    command = f"sportsgpt run --day {DAY} --team {team}"
    assert f"start `{command}` again; it goes on where it was" in result.stdout


@pytest.mark.integration
def test_run_that_failed_by_itself_is_not_to_be_started_again(call, team):
    run_day(team, error=DatabaseError("marts", "the disk is full", "free some space"))
    assert "again; it goes on" not in call("status", "--team", team).stdout


@pytest.mark.integration
def test_unknown_team_is_refused_and_the_nearest_is_named(call, team):
    result = call("status", "--team", team[:-1])
    assert result.exit_code == 1
    assert f"Fix: write --team {team}" in result.stderr
    assert result.stdout == ""


@pytest.mark.integration
def test_team_with_a_folder_is_known_and_others_do_not_show(call, team, settings):
    for name in (f"{team}-new", f"{team}-other"):
        (Path(settings.inbox_root) / name / "2026-01-15").mkdir(parents=True)
    result = call("status", "--team", f"{team}-new")
    assert result.exit_code == 0
    assert f"waiting {team}-new/2026-01-15: it has no session.toml" in result.stdout
    assert f"{team}-other" not in result.stdout
