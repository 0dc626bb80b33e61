import math
from datetime import date

import polars as pl
import pytest

from tests.kismam.test_season import JANUARY, OCTOBER, measurement, summarise

DECEMBER = date(2025, 12, 1)


def session(day: date, *values: float, **changes: object) -> list[dict[str, object]]:
    return [measurement(day, value, **changes) for value in values]


def test_detectable_change_is_the_published_formula_at_equal_errors() -> None:
    found = summarise(*session(OCTOBER, 70.0, 80.0), *session(JANUARY, 90.0, 100.0))
    # Variance inside a session 50, two repetitions; measurement error 3.
    standard_error = math.sqrt(3.0**2 + 50.0 / 2.0)
    own = found["athlete", "A1"]
    assert own["minimal_detectable_change"] == pytest.approx(
        1.96 * math.sqrt(2.0) * standard_error
    )
    assert own["change"] == 20.0
    assert own["change_verdict"] == "beyond_error"


def test_the_same_change_may_be_error_where_repetitions_scatter() -> None:
    own = summarise(*session(OCTOBER, 55.0, 95.0), *session(JANUARY, 75.0, 115.0))
    assert own["athlete", "A1"]["change"] == 20.0
    assert own["athlete", "A1"]["change_verdict"] == "within_error"


def test_more_repetitions_detect_smaller_changes() -> None:
    few = summarise(*session(OCTOBER, 70.0, 80.0), *session(JANUARY, 90.0, 100.0))
    many = summarise(
        *session(OCTOBER, *[70.0, 80.0] * 10), *session(JANUARY, *[90.0, 100.0] * 10)
    )
    name = "minimal_detectable_change"
    assert many["athlete", "A1"][name] < few["athlete", "A1"][name]  # type: ignore[operator]


def test_a_spread_that_is_not_known_is_not_made_up() -> None:
    own = summarise(*session(OCTOBER, 70.0), *session(JANUARY, 90.0))["athlete", "A1"]
    assert own["change"] == 20.0
    assert own["minimal_detectable_change"] is None
    assert own["change_verdict"] == "unknown_error"


def test_a_spread_that_only_the_team_knows_is_the_teams() -> None:
    found = summarise(
        *session(OCTOBER, 70.0),
        *session(JANUARY, 90.0),
        *session(JANUARY, 70.0, 80.0, athlete_id="A2"),
    )
    assert found["athlete", "A1"]["minimal_detectable_change"] == pytest.approx(
        1.96 * math.sqrt(2.0 * (3.0**2 + 50.0))
    )


def test_a_trend_starts_anew_where_the_view_changed() -> None:
    own = summarise(
        *session(OCTOBER, 10.0, 12.0, camera_view="oblique"),
        *session(DECEMBER, 70.0, 80.0),
        *session(JANUARY, 90.0, 100.0),
    )["athlete", "A1"]
    assert own["is_comparable"] is False
    assert own["comparable_since_day"] == DECEMBER
    assert own["comparable_session_count"] == 2
    assert own["change"] == 20.0


def test_a_single_session_since_the_break_has_no_change() -> None:
    own = summarise(
        *session(OCTOBER, 70.0, 80.0, frame_rate_hz=240.0),
        *session(JANUARY, 90.0, 100.0),
    )["athlete", "A1"]
    assert own["comparable_since_day"] == JANUARY
    assert own["change"] is None
    assert own["change_verdict"] is None


def test_others_are_those_of_the_team_who_were_measured_alike() -> None:
    found = summarise(
        *session(JANUARY, 60.0, 62.0),
        *session(JANUARY, 99.0, 101.0, athlete_id="A2"),
        *session(JANUARY, 101.0, 103.0, athlete_id="A3"),
        *session(JANUARY, 10.0, 12.0, athlete_id="A4", camera_view="oblique"),
    )
    assert found["athlete", "A1"]["team_median"] == 101.0
    assert found["athlete", "A1"]["team_verdict"] == "beyond_error"
    assert found["athlete", "A2"]["team_verdict"] == "within_error"
    assert found["athlete", "A4"]["team_median"] is None
    assert found["team", "all"]["team_median"] is None


def test_a_change_of_the_team_is_shown_and_not_judged() -> None:
    found = summarise(
        *session(OCTOBER, 70.0, 70.5, 71.0),
        *session(JANUARY, 90.0, 90.5, 91.0, athlete_id="A2"),
    )
    assert found["team", "all"]["change"] == 20.0
    assert found["team", "all"]["minimal_detectable_change"] is None
    assert found["team", "all"]["change_verdict"] == "unknown_error"


@pytest.mark.parametrize(
    ("latest", "distance", "verdict"),
    [(95.0, 0.0, "inside"), (88.0, -2.0, "undecided"), (60.0, -30.0, "outside")],
)
def test_a_value_outside_its_target_by_less_than_its_error_is_undecided(
    latest: float, distance: float, verdict: str
) -> None:
    own = summarise(*session(JANUARY, latest - 1.0, latest + 1.0))["athlete", "A1"]
    assert own["target_distance"] == distance
    assert own["target_verdict"] == verdict


def test_without_a_target_nothing_is_said_of_it() -> None:
    rows = session(JANUARY, 60.0, 62.0, target_low=None)
    own = summarise(*rows)["athlete", "A1"]
    assert own["target_verdict"] is None


def test_the_latest_day_in_two_views_goes_by_the_one_with_more_repetitions() -> None:
    own = summarise(
        *session(OCTOBER, 70.0, 80.0),
        *session(JANUARY, 90.0, 100.0),
        *session(JANUARY, 10.0, camera_view="oblique"),
    )["athlete", "A1"]
    assert own["change"] == 20.0


def test_order_of_rows_does_not_matter() -> None:
    rows = [*session(OCTOBER, 70.0, 80.0), *session(JANUARY, 90.0, 100.0)]
    forwards, backwards = summarise(*rows), summarise(*rows[::-1])
    assert pl.DataFrame(list(forwards.values())).equals(
        pl.DataFrame(list(backwards.values()))
    )
