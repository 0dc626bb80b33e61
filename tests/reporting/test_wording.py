from datetime import date

import pytest

from sportsgpt_lib.reporting.wording import (
    shorten_hash,
    write_day,
    write_name,
    write_percent,
    write_quantity,
    write_target,
)


@pytest.mark.parametrize(
    ("value", "unit", "error", "words"),
    [
        (48.21, "deg", 2.06, "48 ± 2°"),
        (-3.0, "deg", None, "−3°"),
        (0.684, "s", 0.021, "0.68 ± 0.02 s"),
        (12.0, "pct", 3.0, "12 ± 3 %"),
        (0.531, "body_heights", None, "0.53 body heights"),
        (0.5, "ratio", None, "0.50"),
    ],
)
def test_quantities_carry_error_and_unit(value, unit, error, words):
    assert write_quantity(value, unit, error) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (15.0, 30.0, "15 to 30°"),
        (15.0, None, "at least 15°"),
        (None, 30.0, "at most 30°"),
        (None, None, "–"),
    ],
)
def test_targets_say_which_ends_they_have(low, high, words):
    assert write_target(low, high, "deg") == words


def test_days_names_shares_and_hashes_read_well():
    assert write_day(date(2026, 1, 5)) == "5 January 2026"
    assert write_name("drop_landing") == "Drop landing"
    assert write_percent(0.915) == "92 %"
    assert shorten_hash("ab" * 32) == "ab" * 6
    assert shorten_hash(None) == "–"
