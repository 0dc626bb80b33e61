import pytest

from sportsgpt_lib.guidance.numbers import find_numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("48.2 ± 2.1 deg", [(48.2, "deg"), (2.1, "deg")]),
        ("10 to 30 s", [(10, "s"), (30, "s")]),
        ("8-12 reps", [(8, "repetitions"), (12, "repetitions")]),
        ("3 of 4 repetitions", [(3, "repetitions"), (4, "repetitions")]),
        ("−4.5° at -2 deg", [(-4.5, "deg"), (-2, "deg")]),
        ("19 % more", [(19, "pct")]),
        ("three sets of twelve reps", [(3, "sets"), (12, "repetitions")]),
        ("0.04 body heights", [(0.04, "body_heights")]),
        ("repetition 2 (left leg)", [(2, None)]),
        ("fact M1, v2", []),
        ("no one is left", []),
        ("4 steps, 5 sessions", [(4, "steps"), (5, "sessions")]),
    ],
)
def test_numbers_come_with_their_units(text, found):
    assert [(number.value, number.unit) for number in find_numbers(text)] == found


def test_decimals_are_those_written():
    assert [number.decimals for number in find_numbers("62.30 deg, 62 deg")] == [2, 0]
