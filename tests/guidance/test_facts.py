import math

import numpy as np
import pytest

from sportsgpt_lib.guidance.facts import find_middle
from sportsgpt_lib.guidance.wording import load_wording


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (10.0, 60.0, "10 to 60 deg"),
        (10.0, None, "at least 10 deg"),
        (None, 60.0, "at most 60 deg"),
        (None, None, ""),
    ],
)
def test_targets_read_as_a_range_or_a_limit(stiff_case, low, high, text):
    fact = stiff_case.facts["M1"].model_copy(
        update={"target_low": low, "target_high": high}
    )
    assert load_wording("en").target(fact) == text


def test_detectable_change_of_equal_repetitions_is_1_96_root_2_errors(
    stiff_rows, build_case
):
    stiff_rows.repeat(3)
    fact = build_case(stiff_rows).facts["T1"]
    assert (fact.indicator, fact.total) == ("peak_knee_flexion", 4)
    assert fact.error == pytest.approx(5.1)
    assert fact.detectable_change == pytest.approx(5.1 * 2.7719, rel=1e-4)
    assert fact.wanted_change == pytest.approx(90.0 - 62.34)


def test_spread_of_repetitions_is_in_the_detectable_change(stiff_rows, build_case):
    stiff_rows.repeat(3)
    knees = [r for r in stiff_rows.rows["kismam_metrics"] if r["value"] == 62.34]
    for row, value in zip(knees, (50.0, 60.0, 64.68, 70.0), strict=True):
        row["value"] = value
    fact = build_case(stiff_rows).facts["T1"]
    assert fact.value == pytest.approx(62.34)
    spread = 0.5 * math.pi * np.var([50.0, 60.0, 64.68, 70.0], ddof=1) / 4
    assert fact.error == pytest.approx(math.sqrt(5.1**2 + spread))
    assert fact.detectable_change == pytest.approx(2.7719 * fact.error, rel=1e-4)


def test_one_repetition_tells_no_detectable_change(stiff_case):
    fact = stiff_case.facts["T1"]
    assert (fact.value, fact.error, fact.detectable_change) == (62.34, None, None)


def test_middle_row_is_a_real_row_and_does_not_depend_on_the_order():
    rows = [
        {"value": value, "recording_id": "r", "repetition_idx": index}
        for index, value in enumerate([9.0, 1.0, 5.0, 7.0])
    ]
    assert find_middle(rows, "value")["value"] == 5.0
    assert find_middle(rows[::-1], "value") == find_middle(rows, "value")


def test_margin_is_the_way_inside_to_the_nearest_edge(stiff_case):
    facts = {f.indicator: f for f in stiff_case.facts.values() if f.kind == "metric"}
    lean = facts["trunk_lean_at_deepest"]
    assert (lean.value, lean.margin, lean.wanted_change) == (31.0, 21.0, 0.0)
    assert facts["peak_knee_flexion"].margin is None
