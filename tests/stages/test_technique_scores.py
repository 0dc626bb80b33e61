import json
import re
from typing import Any

import polars as pl
import pytest

from tests.kismam.landing_athlete import build_landing
from tests.stages.assessment_rows import build_subject, run_assessment

STIFF: dict[str, Any] = {"deepest_knee_deg": 62.0, "absorption_s": 0.10}


def score(camera_view: str = "sagittal", **faults: Any) -> dict[str, Any]:
    subject = build_subject(camera_view=camera_view)
    rows = run_assessment(subject, build_landing(**faults))["technique_scores"]
    row = rows.row(0, named=True)
    return {
        **row,
        "dimensions": {d["dimension"]: d for d in json.loads(row["dimensions"])},
    }


def test_a_clean_landing_scores_ten_and_has_only_strengths() -> None:
    found = score()
    assert found["score_points"] == pytest.approx(10.0)
    assert found["measured_ratio"] == 1.0
    assert all(not d["weaknesses"] for d in found["dimensions"].values())
    assert any(
        re.fullmatch(
            r"Greatest knee flexion was 10\d ± 7 deg, inside the target of at least "
            r"90 deg\.",
            strength,
        )
        for strength in found["dimensions"]["legs_knees"]["strengths"]
    )
    assert "Nothing to improve" in found["summary"]


def test_a_stiff_landing_loses_points_and_says_why_in_numbers() -> None:
    found = score(**STIFF)
    assert found["score_points"] < 8.0
    (weakness,) = found["dimensions"]["legs_knees"]["weaknesses"]
    assert weakness.startswith("Stiff landing (probability ")
    assert re.search(
        r"greatest knee flexion was 6\d ± 7 deg, (2|3)\d deg below the target", weakness
    )
    assert found["summary"].endswith("To improve first: stiff landing.")


def test_every_number_of_a_weakness_is_a_metrics() -> None:
    subject = build_subject()
    tables = run_assessment(subject, build_landing(**STIFF))
    metrics = tables["kismam_metrics"]
    dimensions = json.loads(tables["technique_scores"]["dimensions"][0])
    text = " ".join(w for d in dimensions for w in d["weaknesses"])
    peak = metrics.filter(pl.col("indicator") == "peak_knee_flexion").row(0, named=True)
    stated = re.search(r"greatest knee flexion was (\d+) ± (\d+) deg", text)
    assert stated is not None
    assert int(stated[1]) == round(peak["value"])
    assert int(stated[2]) == round(peak["error"])


def test_all_seven_dimensions_are_there_and_unseen_ones_say_so() -> None:
    dimensions = score()["dimensions"]
    assert len(dimensions) == 7
    for name in ("head_eyes", "arms_elbows", "wrists_hands", "human_object"):
        assert dimensions[name]["is_seen"] is False
        assert dimensions[name]["score_points"] is None
        assert dimensions[name]["note"].startswith("Not seen. ")
    assert dimensions["legs_knees"]["is_seen"] is True
    assert dimensions["legs_knees"]["note"] is None


def test_too_few_measured_indicators_give_no_score() -> None:
    found = score("frontal")
    assert found["score_points"] is None
    assert found["score_error_points"] is None
    assert found["measured_ratio"] == pytest.approx(2.0 / 10.0)
    assert found["summary"].startswith("No score: only 2 of 10 indicators")
    torso = found["dimensions"]["torso_core"]
    assert torso["is_seen"] is False
    assert "the camera view is frontal" in torso["note"]


def test_a_dimension_with_limited_numbers_only_is_seen_in_part() -> None:
    found = score("oblique")
    torso = found["dimensions"]["torso_core"]
    assert torso["is_seen"] is True
    assert torso["strengths"] == []
    assert torso["note"].startswith("Seen in part. ")


def test_points_lost_without_a_finding_are_explained() -> None:
    found = score(deepest_trunk_deg=66.0)
    torso = found["dimensions"]["torso_core"]
    assert torso["weaknesses"] == []
    assert torso["score_points"] < 9.5
    assert torso["note"] == (
        "Forward lean of the trunk at the deepest point was 66 ± 5 deg, 6 deg above "
        "the target of 10 to 60 deg; not clear enough to report."
    )
    assert found["summary"].endswith(
        "No fault was clear; outside the target: forward lean of the trunk at the "
        "deepest point."
    )


def test_a_fault_after_too_high_a_drop_is_named_with_its_reason_and_not_reported() -> (
    None
):
    found = score(contact_knee_deg=5.0, fall_s=0.83, drop_body_heights=1.06)
    legs = found["dimensions"]["legs_knees"]
    assert legs["weaknesses"] == []
    assert "(limited: the drop was higher than the 30 to 60 cm" in legs["note"]
    assert "not clear enough to report" in legs["note"]
    assert "Seen in part." in legs["note"]


def test_a_trunk_that_falls_forward_is_reported_from_any_height() -> None:
    found = score(deepest_trunk_deg=84.0, fall_s=0.83, drop_body_heights=1.06)
    (weakness,) = found["dimensions"]["torso_core"]["weaknesses"]
    assert "24 deg above the target of 10 to 60 deg" in weakness


def test_what_is_part_of_a_reported_finding_is_not_explained_away() -> None:
    note = score(**STIFF)["dimensions"]["legs_knees"]["note"]
    assert note is None


def test_every_dimension_with_points_has_their_uncertainty() -> None:
    found = score(**STIFF)
    for dimension in found["dimensions"].values():
        points, error = dimension["score_points"], dimension["score_error_points"]
        assert (points is None) == (error is None)
    assert found["dimensions"]["legs_knees"]["score_error_points"] > 0.0
