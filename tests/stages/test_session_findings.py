from datetime import date

import polars as pl
import pytest

from sportsgpt_lib.stages.runner import with_partition
from sportsgpt_lib.stages.session_findings import (
    build_session_findings,
    write_session_findings,
)
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import build_schema, conform_rows
from tests.kismam.landing_athlete import build_landing
from tests.stages.assessment_rows import DAY, build_subject, run_assessment
from tests.stages.walking_session import (
    BLUE,
    Workshop,
    find_recording,
    stop_recording,
)


def recording(role: str = "athlete") -> pl.DataFrame:
    schema = build_schema("recordings")
    row = {"recording_id": "r" * 16, "session_day": DAY, "role": role}
    return pl.DataFrame([{**dict.fromkeys(schema), **row}], schema=schema)


def assess(*deepest_knee_deg: float) -> dict[str, pl.DataFrame]:
    landings = [build_landing(deepest_knee_deg=angle) for angle in deepest_knee_deg]
    return run_assessment(build_subject(), *landings)


def build(tables: dict[str, pl.DataFrame], role: str = "athlete") -> pl.DataFrame:
    names = ("findings", "kismam_metrics", "keyframes")
    return build_session_findings(*(tables[name] for name in names), recording(role))


def test_rows_follow_the_contract() -> None:
    tables = assess(62.0, 62.0)
    rows = build(tables)
    partition = PartitionKey("team-a", date(2026, 1, 15))
    complete = conform_rows("session_findings", with_partition(rows, partition, "1"))
    stiff = complete.filter(pl.col("issue") == "stiff_landing").row(0, named=True)
    assert (stiff["rank"], stiff["shown_count"], stiff["repetition_count"]) == (1, 2, 2)
    assert stiff["is_reported"]
    assert stiff["side_pattern"] is None


def test_exemplars_do_not_count() -> None:
    tables = assess(62.0)
    assert build(tables, "reference").is_empty()


def test_an_issue_that_no_repetition_could_report_is_not_called_absent() -> None:
    tables = assess(100.0, 100.0, 100.0)
    patterns = dict(build(tables).select("issue", "pattern").iter_rows())
    assert patterns["stiff_landing"] == "absent"
    # From the side the near leg hides the other knee.
    assert "uneven_landing" in tables["findings"]["issue"].to_list()
    assert "uneven_landing" not in patterns


def test_repetitions_of_both_legs_are_told_apart(workshop: Workshop) -> None:
    rows = write_session_findings(workshop.lake, BLUE).rows
    assert workshop.lake.read("session_findings", BLUE).equals(rows)
    assert rows["left_count"].max() > 0  # type: ignore[operator]
    assert rows["right_count"].max() > 0  # type: ignore[operator]
    totals = rows["left_count"] + rows["right_count"]
    assert totals.equals(rows["repetition_count"], check_names=False)


@pytest.mark.parametrize("stage", ["recordings", "findings"])
def test_stopped_recordings_do_not_count(workshop: Workshop, stage: str) -> None:
    stop_recording(workshop, stage, find_recording(workshop, "walker-02"))
    rows = write_session_findings(workshop.lake, BLUE).rows
    assert set(rows["athlete_id"]) == {"walker-01"}
