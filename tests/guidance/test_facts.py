import pytest

from sportsgpt_lib.guidance.facts import (
    describe_number,
    describe_quantity,
    describe_target,
    find_middle,
)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (62.34, "deg", "62.3"),
        (-0.04, "deg", "-0.04"),
        (0.0, "deg", "0.0"),
        (-0.001, "s", "-0.001"),
        (0.1662, "s", "0.17"),
        (61.5, "pct", "62"),
        (0.204, "body_heights", "0.20"),
    ],
)
def test_numbers_are_written_in_the_decimals_of_their_unit(value, unit, text):
    assert describe_number(value, unit) == text


def test_a_quantity_has_error_and_unit():
    assert describe_quantity(62.34, "deg", 5.1) == "62.3 ± 5.1 deg"
    assert describe_quantity(0.5, "ratio") == "0.50"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (10.0, 60.0, "10.0 to 60.0 deg"),
        (10.0, None, "at least 10.0 deg"),
        (None, 60.0, "at most 60.0 deg"),
        (None, None, ""),
    ],
)
def test_targets_read_as_a_range_or_a_limit(stiff_case, low, high, text):
    fact = stiff_case.facts["M1"].model_copy(
        update={"target_low": low, "target_high": high}
    )
    assert describe_target(fact) == text


def test_detectable_change_is_1_96_root_2_errors(stiff_case):
    fact = stiff_case.facts["M1"]
    assert fact.indicator == "peak_knee_flexion"
    assert fact.detectable_change == pytest.approx(5.1 * 2.7719, rel=1e-4)
    assert fact.wanted_change == pytest.approx(90.0 - 62.34)


def test_middle_row_is_a_real_row_and_does_not_depend_on_the_order():
    rows = [
        {"value": value, "recording_id": "r", "repetition_idx": index}
        for index, value in enumerate([9.0, 1.0, 5.0, 7.0])
    ]
    assert find_middle(rows, "value")["value"] == 5.0
    assert find_middle(rows[::-1], "value") == find_middle(rows, "value")
