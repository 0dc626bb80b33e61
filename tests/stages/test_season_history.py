from datetime import date

import polars as pl
import pytest

from sportsgpt_lib.stages.season_history import write_season_report
from sportsgpt_lib.storage.partition import PartitionKey
from tests.stages.walking_session import (
    BLUE,
    Workshop,
    find_recording,
    stop_recording,
)

STAGE_TABLES = ("recordings", "kismam_metrics")
NEXT_WEEK = PartitionKey("blue", date(2026, 1, 22))
LAST_SEASON = PartitionKey("blue", date(2025, 6, 1))
RED = PartitionKey("red", date(2026, 1, 22))


def copy_session(workshop: Workshop, target: PartitionKey) -> None:
    """The same recordings once more, as of another day or team."""
    for name in STAGE_TABLES:
        rows = workshop.lake.read(name, BLUE).with_columns(
            team_id=pl.lit(target.team_id), session_day=pl.lit(target.session_day)
        )
        workshop.lake.write(name, target, rows)


def count_sessions(rows: pl.DataFrame, athlete_id: str = "walker-01") -> set[int]:
    own = rows.filter(
        (pl.col("athlete_id") == athlete_id) & (pl.col("scope") == "athlete")
    )
    return set(own["session_count"])


def test_report_holds_the_days_up_to_its_own(workshop):
    copy_session(workshop, NEXT_WEEK)
    later = write_season_report(workshop.lake, NEXT_WEEK)
    earlier = write_season_report(workshop.lake, BLUE)
    assert (earlier.computed_count, later.computed_count) == (1, 2)
    assert count_sessions(earlier.rows) == {1}
    assert count_sessions(later.rows) == {2}
    assert workshop.lake.read("season_reports", NEXT_WEEK).equals(later.rows)


def test_other_teams_and_seasons_do_not_count(workshop):
    for other in (RED, LAST_SEASON):
        copy_session(workshop, other)
    assert write_season_report(workshop.lake, BLUE).computed_count == 1


@pytest.mark.parametrize("stage", ["recordings", "athlete_poses", "kismam_metrics"])
def test_stopped_recording_does_not_count(workshop, stage):
    stop_recording(workshop, stage, find_recording(workshop, "walker-02"))
    rows = write_season_report(workshop.lake, BLUE).rows
    assert count_sessions(rows, "walker-02") == set()
    assert count_sessions(rows, "walker-01") == {1}


def test_what_stops_after_the_metrics_does_not_change_the_season(workshop):
    before = write_season_report(workshop.lake, BLUE).rows
    stop_recording(workshop, "technique_scores", find_recording(workshop, "walker-02"))
    assert write_season_report(workshop.lake, BLUE).rows.equals(before)


def test_second_call_writes_the_same_bytes(workshop):
    write_season_report(workshop.lake, BLUE)
    path = workshop.lake.path("season_reports", BLUE)
    before = path.read_bytes()
    write_season_report(workshop.lake, BLUE)
    assert path.read_bytes() == before


def test_day_that_an_older_version_wrote_still_counts(workshop):
    copy_session(workshop, NEXT_WEEK)
    path = workshop.lake.path("recordings", BLUE)
    grown = ["is_interlaced", "is_hdr", "camera_id", "calibration"]
    rows = workshop.lake.read("recordings", BLUE).drop(grown)
    with path.open("wb") as file:
        rows.write_parquet(file)
    report = write_season_report(workshop.lake, NEXT_WEEK)
    assert count_sessions(report.rows) == {2}
