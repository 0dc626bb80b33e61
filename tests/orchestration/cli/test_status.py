from uuid import uuid4

import dagster as dg
import pytest

from orchestration.cli.status import print_verdicts
from orchestration.environment import prepare
from orchestration.jobs import TRAINING_JOB_NAME
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
        "1 of 3 recordings published",
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
    return f"team-{uuid4().hex[:8]}"


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
