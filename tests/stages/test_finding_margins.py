from datetime import date

import polars as pl
import pytest

from sportsgpt_lib.stages.finding_margins import build_finding_margins
from sportsgpt_lib.stages.runner import with_partition
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import build_schema, conform_rows
from tests.kismam.landing_athlete import build_landing
from tests.stages.assessment_rows import DAY, build_subject, run_assessment


def recording(role: str = "athlete") -> pl.DataFrame:
    schema = build_schema("recordings")
    row = {"recording_id": "r" * 16, "session_day": DAY, "role": role}
    return pl.DataFrame([{**dict.fromkeys(schema), **row}], schema=schema)


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    landings = [build_landing(deepest_knee_deg=angle) for angle in (62.0, 66.0)]
    return run_assessment(build_subject(), *landings)


def build(tables: dict[str, pl.DataFrame], role: str = "athlete") -> pl.DataFrame:
    return build_finding_margins(
        tables["findings"], tables["kismam_metrics"], recording(role)
    )


def test_every_reported_issue_has_its_thresholds_and_no_other_has(tables) -> None:
    rows = build(tables)
    partition = PartitionKey("team-a", date(2026, 1, 15))
    conform_rows("finding_margins", with_partition(rows, partition, "1"))
    reported = tables["findings"].filter(pl.col("is_reported"))
    assert set(rows["issue"]) == set(reported["issue"]) != set()
    of_all = rows.filter(pl.col("indicator") == "all")
    assert of_all.height == 2 * rows["issue"].n_unique()
    assert rows.select("issue", "threshold", "indicator").is_unique().all()


def test_own_thresholds_are_those_of_the_findings(tables) -> None:
    rows = build(tables)
    reported = tables["findings"].filter(pl.col("is_reported"))
    for threshold, column in (
        ("reported_probability", "probability_ratio"),
        ("reported_severity", "severity_ratio"),
    ):
        found = dict(
            rows.filter(pl.col("threshold") == threshold)
            .select("issue", "needed_value")
            .iter_rows()
        )
        highest = dict(reported.group_by("issue").agg(pl.col(column).max()).iter_rows())
        assert found == pytest.approx(highest)


def test_ends_of_targets_are_those_of_the_metrics(tables) -> None:
    ends = build(tables).filter(pl.col("threshold") == "target_low")
    metrics = tables["kismam_metrics"].select("indicator", "target_low").unique()
    joined = ends.join(metrics, on="indicator")
    assert joined.height == ends.height > 0
    assert (joined["current_value"] == joined["target_low"]).all()
    assert (joined["needed_value"].drop_nulls() < 70.0).all()


def test_exemplars_have_none(tables) -> None:
    assert build(tables, "reference").is_empty()
