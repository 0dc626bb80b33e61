"""Groups that the manifest gives an athlete reach the indicators, and only them."""

import json

import polars as pl

from sportsgpt_lib.stages.recordings import subject_from_row
from tests.stages.walking_session import BLUE, TABLES_BY_STAGE

CHILD = '{id = "walker-01", groups = ["child", "untrained"]}'
BEFORE_INDICATORS = TABLES_BY_STAGE[: TABLES_BY_STAGE.index("kismam_metrics")]


def call_a_child(workshop) -> None:
    path = workshop.session_folder(BLUE) / "session.toml"
    text = path.read_text(encoding="utf-8")
    assert '{id = "walker-01"}' in text
    path.write_text(text.replace('{id = "walker-01"}', CHILD), encoding="utf-8")
    workshop.intake.take_in(BLUE)


def metrics_of(workshop, athlete_id: str) -> pl.DataFrame:
    rows = workshop.lake.read("kismam_metrics", BLUE)
    return rows.filter(pl.col("athlete_id") == athlete_id)


def test_groups_limit_the_targets_that_do_not_hold_and_say_why(workshop):
    before = metrics_of(workshop, "walker-01")
    other = metrics_of(workshop, "walker-02")
    call_a_child(workshop)
    workshop.runner.run(workshop.catalog.kismam_metrics, BLUE)
    after = metrics_of(workshop, "walker-01")
    strides = after.filter(pl.col("indicator") == "stride_time")
    assert set(strides["validity"]) == {"limited"}
    assert all("the target is one of adults" in text for text in strides["reason"])
    named = pl.col("indicator").is_in(["stride_time", "foot_ahead_at_foot_strike"])
    assert after.filter(~named).equals(before.filter(~named))
    assert metrics_of(workshop, "walker-02").equals(other)


def test_changed_groups_compute_the_indicators_again_and_nothing_before(workshop):
    call_a_child(workshop)
    counts = {}
    for name in TABLES_BY_STAGE:
        report = workshop.runner.run(getattr(workshop.catalog, name), BLUE)
        counts[name] = report.computed_count
    assert all(counts[name] == 0 for name in BEFORE_INDICATORS)
    # One of the two athletes changed.
    assert counts["kismam_metrics"] == counts["findings"] == 1


def test_groups_are_a_column_of_the_recording_and_part_of_the_subject(workshop):
    call_a_child(workshop)
    rows = workshop.lake.read("recordings", BLUE).filter(pl.col("verdict") == "PASS")
    child, other = rows.sort("athlete_id").to_dicts()
    assert json.loads(child["athlete_groups"]) == ["child", "untrained"]
    assert other["athlete_groups"] is None
    assert subject_from_row(child).athlete_groups == {"child", "untrained"}
    assert subject_from_row(other).athlete_groups == frozenset()
