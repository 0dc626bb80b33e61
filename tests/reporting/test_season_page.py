from datetime import date
from typing import Any

import polars as pl

from sportsgpt_lib.reporting.season_page import render_season_page
from sportsgpt_lib.sports.loader import load_movement
from tests.reporting.session_rows import ATHLETE, TEAM, table
from tests.reporting.test_session_page import Page


def season_row(**changes: Any) -> dict[str, Any]:
    row = {
        "season": "2025/26",
        "scope": "athlete",
        "athlete_id": ATHLETE,
        "movement": "walking_stride",
        "indicator": "swing_knee_flexion",
        "unit": "deg",
        "session_count": 4,
        "repetition_count": 17,
        "median": 49.0,
        "first_session_median": 46.0,
        "latest_session_median": 53.0,
        "is_comparable": True,
        "comparability_note": None,
        "comparable_session_count": 4,
        "minimal_detectable_change": 12.0,
        "change_verdict": "within_error",
    }
    return {**row, **changes}


def render(*rows: dict[str, Any], team_id: str = TEAM) -> Page:
    movements = {"walking_stride": load_movement("walking_stride")}
    frame = table("season_reports", list(rows))
    return Page(render_season_page(team_id, frame, movements))


def test_comparable_line_shows_the_change_with_its_sign():
    page = render(season_row())
    assert "+7°" in page.text
    assert "All lines may be compared" in page.text


def test_a_change_says_whether_it_is_more_than_its_error():
    assert "may be error: detectable from 12° on" in render(season_row()).text
    real = season_row(minimal_detectable_change=5.0, change_verdict="beyond_error")
    assert "more than its error: detectable from 5° on" in render(real).text


def test_a_change_whose_error_is_not_known_is_not_judged():
    unknown = season_row(minimal_detectable_change=None, change_verdict="unknown_error")
    assert "+7°" in render(unknown).text
    assert "detectable from" not in render(unknown).text


def test_line_that_is_not_comparable_shows_no_change_and_says_why():
    note = "pose model changed from a to b on 2025-11-02"
    page = render(season_row(is_comparable=False, comparability_note=note))
    assert "+7°" not in page.text
    assert "not compared" in page.text
    assert note in page.text
    assert "svg" not in page.tags


def test_after_a_break_the_change_since_then_is_told():
    page = render(
        season_row(
            is_comparable=False,
            comparability_note="camera view changed: oblique, sagittal",
            comparable_since_day=date(2025, 12, 1),
            change=5.0,
        )
    )
    assert "camera view changed" in page.text
    assert "measured alike: +5°, may be error: detectable from 12° on" in page.text
    assert "svg" not in page.tags


def test_single_session_has_no_course():
    page = render(season_row(session_count=1, latest_session_median=46.0))
    assert "one session has no course over time" in page.text
    assert "All lines may be compared" not in page.text
    assert "svg" not in page.tags


def test_what_all_indicators_lack_is_said_once():
    single = season_row(session_count=1)
    other = season_row(session_count=1, indicator="stride_time", unit="s")
    words = "one session has no course over time"
    assert render(single, other).text.count(words) == 1
    assert render(single, season_row()).text.count(words) == 1


def test_session_without_a_value_shows_a_dash_and_no_change():
    page = render(season_row(latest_session_median=None))
    assert "a session has no measured value" in page.text
    assert "None" not in page.text


def test_team_comes_before_its_athletes():
    page = render(season_row(), season_row(scope="team", athlete_id="all"))
    assert page.text.index("Whole team") < page.text.index(ATHLETE)


def test_other_teams_rows_stay_out():
    page = render(season_row(), team_id="another-team")
    assert ATHLETE not in page.text
    assert "No session of this team" in page.text


def test_page_of_a_team_without_rows_says_so():
    page = Page(render_season_page(TEAM, pl.DataFrame()))
    assert "No session of this team" in page.text


def test_a_broken_trend_is_marked_on_its_line_with_what_is_still_comparable():
    page = render(
        season_row(
            is_comparable=False,
            comparability_note="camera view changed: oblique, sagittal",
            comparable_since_day=date(2026, 1, 17),
            comparable_session_count=1,
        )
    )
    assert (
        "! Trend broken: no earlier session is measured like the latest, of "
        "17 January 2026" in page.text
    )
    assert "camera view changed: oblique, sagittal" in page.text
    assert "Trend broken" not in render(season_row()).text


def test_a_trend_that_broke_earlier_says_which_sessions_are_measured_alike():
    page = render(
        season_row(
            is_comparable=False,
            comparability_note="camera view changed: oblique, sagittal",
            comparable_since_day=date(2026, 1, 17),
            comparable_session_count=3,
        )
    )
    assert (
        "! Trend broken: 3 of 4 sessions are measured like the latest, the first on "
        "17 January 2026" in page.text
    )


def test_indicators_stand_in_the_order_of_the_movement():
    page = render(
        season_row(indicator="arm_swing"),
        season_row(indicator="unheard_of"),
        season_row(indicator="stride_time", unit="s"),
    )
    places = [page.text.index(t) for t in ("Stride time", "Arm swing", "Unheard of")]
    assert places == sorted(places)


def test_a_break_of_all_lines_is_said_once_and_one_of_a_single_line_beside_it():
    broken = {
        "is_comparable": False,
        "comparability_note": "camera view changed: oblique, sagittal",
        "comparable_since_day": date(2026, 1, 17),
        "comparable_session_count": 1,
    }
    other = {"indicator": "stride_time", "unit": "s"}
    both = render(season_row(**broken), season_row(**other, **broken))
    assert both.text.count("Trend broken") == 1
    assert both.text.count("camera view changed") == 1
    assert both.text.count("not compared") == 2
    one = render(season_row(**broken), season_row(**other))
    assert one.text.count("Trend broken") == 1
    assert one.text.count("not compared") == 1
