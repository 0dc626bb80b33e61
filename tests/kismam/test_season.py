from datetime import date

import polars as pl
import pytest

from sportsgpt_lib.kismam.season import (
    name_season,
    start_of_season,
    summarise_season,
)

OCTOBER = date(2025, 10, 3)
JANUARY = date(2026, 1, 15)
SCHEMA = dict.fromkeys(("value", "error", "target_low", "target_high"), pl.Float64)


def measurement(day: date, value: float | None, **changes: object) -> dict[str, object]:
    return {
        "session_day": day,
        "athlete_id": "A1",
        "movement": "drop_landing",
        "indicator": "peak_knee_flexion",
        "unit": "deg",
        "value": value,
        "error": None if value is None else 3.0,
        "target_low": 90.0,
        "target_high": None,
        "camera_view": "sagittal",
        "frame_rate_hz": 60.0,
        "pose_model": "mediapipe",
        "pose_weights_sha256": "w1",
        "movement_sha256": "m1",
        **changes,
    }


def summarise(*rows: dict[str, object]) -> dict[tuple[str, str], dict[str, object]]:
    frame = pl.DataFrame(rows, schema_overrides=SCHEMA)
    return {
        (row["scope"], row["athlete_id"]): row
        for row in summarise_season(frame).iter_rows(named=True)
    }


@pytest.mark.parametrize(
    ("day", "season", "start"),
    [
        (date(2025, 9, 30), "2024/25", date(2024, 10, 1)),
        (date(2025, 10, 1), "2025/26", date(2025, 10, 1)),
        (date(2100, 1, 1), "2099/00", date(2099, 10, 1)),
    ],
)
def test_a_season_starts_in_october(day: date, season: str, start: date) -> None:
    assert name_season(day) == season
    assert start_of_season(day) == start


def test_first_and_latest_session_are_told_apart() -> None:
    found = summarise(
        measurement(JANUARY, 100.0),
        measurement(OCTOBER, 70.0),
        measurement(OCTOBER, 80.0),
    )["athlete", "A1"]
    assert found["session_count"] == 2
    assert found["repetition_count"] == 3
    assert found["median"] == 80.0
    assert found["first_session_median"] == 75.0
    assert found["latest_session_median"] == 100.0
    assert found["is_comparable"] is True
    assert found["comparability_note"] is None


def test_the_team_joins_its_athletes() -> None:
    found = summarise(
        measurement(OCTOBER, 70.0), measurement(OCTOBER, 90.0, athlete_id="A2")
    )
    assert set(found) == {("athlete", "A1"), ("athlete", "A2"), ("team", "all")}
    assert found["team", "all"]["median"] == 80.0
    assert found["team", "all"]["session_count"] == 1


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"camera_view": "oblique"}, "camera view changed: oblique, sagittal"),
        ({"frame_rate_hz": 240.0}, "frame rate (Hz) changed: 60, 240"),
        ({"pose_model": "rtmpose"}, "pose model changed: mediapipe, rtmpose"),
        ({"movement_sha256": "m2"}, "movement definition changed"),
        ({"pose_weights_sha256": "w2"}, "pose model's weights changed"),
    ],
)
def test_what_changed_breaks_the_comparison_and_is_said(
    change: dict[str, object], note: str
) -> None:
    found = summarise(measurement(OCTOBER, 70.0), measurement(JANUARY, 90.0, **change))[
        "athlete", "A1"
    ]
    assert found["is_comparable"] is False
    assert found["comparability_note"] == note


def test_nearly_the_same_frame_rate_is_comparable() -> None:
    found = summarise(
        measurement(OCTOBER, 70.0, frame_rate_hz=29.97),
        measurement(JANUARY, 90.0, frame_rate_hz=30.0),
    )["athlete", "A1"]
    assert found["is_comparable"] is True


def test_unmeasured_rows_count_for_nothing() -> None:
    found = summarise(
        measurement(OCTOBER, 70.0),
        measurement(JANUARY, None, camera_view="frontal"),
    )["athlete", "A1"]
    assert found["session_count"] == 1
    assert found["latest_session_median"] == 70.0
    assert found["is_comparable"] is True


def test_an_indicator_that_was_never_measured_has_no_median() -> None:
    found = summarise(measurement(OCTOBER, None))["athlete", "A1"]
    assert found["session_count"] == 0
    assert found["median"] is None
    assert found["first_session_median"] is None
    assert found["is_comparable"] is True


def test_without_measurements_there_are_no_rows() -> None:
    empty = pl.DataFrame([measurement(OCTOBER, 1.0)], schema_overrides=SCHEMA).clear()
    assert summarise_season(empty).is_empty()
