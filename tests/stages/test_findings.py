import json
from typing import Any

import polars as pl
import pytest

from sportsgpt_lib.stages.findings import FindingsStage
from tests.kismam.landing_athlete import build_landing
from tests.stages.assessment_rows import build_subject, run_assessment, run_stage

STIFF: dict[str, Any] = {"deepest_knee_deg": 62.0, "absorption_s": 0.10}


def test_a_clean_landing_reports_nothing_but_keeps_its_rows() -> None:
    rows = run_assessment(build_subject(), build_landing())["findings"]
    assert rows.height == 6
    assert not rows["is_reported"].any()
    assert rows["probability_ratio"].max() == 0.0


def test_a_stiff_landing_ranks_first_with_its_evidence() -> None:
    tables = run_assessment(build_subject(), build_landing(**STIFF))
    first = tables["findings"].filter(pl.col("rank") == 1).row(0, named=True)
    assert first["issue"] == "stiff_landing"
    assert first["is_reported"]
    evidence = json.loads(first["evidence"])
    assert {item["indicator"] for item in evidence} == {
        "peak_knee_flexion",
        "knee_flexion_displacement",
        "absorption_time",
    }
    metrics = set(tables["kismam_metrics"]["indicator"])
    assert {item["indicator"] for item in evidence} <= metrics


def test_contributions_of_every_finding_sum_to_one_strongest_first() -> None:
    rows = run_assessment(build_subject(), build_landing(**STIFF))["findings"]
    for text in rows["evidence"]:
        shares = [item["contribution_ratio"] for item in json.loads(text)]
        assert sum(shares) == pytest.approx(1.0, abs=1e-5)
        assert shares == sorted(shares, reverse=True)


def test_ranks_run_from_one_in_each_repetition() -> None:
    rows = run_assessment(build_subject(), build_landing(**STIFF), build_landing())[
        "findings"
    ]
    for _, part in rows.group_by("repetition_idx"):
        assert sorted(part["rank"]) == list(range(1, part.height + 1))


def test_an_issue_that_no_indicator_could_show_has_no_row() -> None:
    subject = build_subject(camera_view="frontal")
    rows = run_assessment(subject, build_landing(**STIFF))["findings"]
    assert rows["issue"].to_list() == ["stiff_landing"]


def test_nothing_measured_is_warned_of() -> None:
    subject = build_subject()
    metrics = run_assessment(subject, build_landing())["kismam_metrics"]
    blank = metrics.with_columns(
        pl.lit(None, dtype=pl.Float64).alias(name)
        for name in ("value", "error", "deviation", "keyframe_time_s")
    ).with_columns(validity=pl.lit("not_measurable"), reason=pl.lit("hidden"))
    output = run_stage(FindingsStage(), subject, {"kismam_metrics": blank})
    assert output.verdict.reason_code == "nothing_to_judge"
    assert output.rows is not None
    assert output.rows.is_empty()
