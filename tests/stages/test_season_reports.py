from datetime import date

import polars as pl
import pytest

from sportsgpt_lib.stages.runner import with_partition
from sportsgpt_lib.stages.season_reports import build_season_reports
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import build_schema, conform_rows
from tests.kismam.landing_athlete import build_landing
from tests.stages.assessment_rows import build_subject, run_assessment

JANUARY = date(2026, 1, 15)
FEBRUARY = date(2026, 2, 2)
LAST_SEASON = date(2025, 9, 20)


def metrics_of(day: date, deepest_knee_deg: float) -> pl.DataFrame:
    rows = run_assessment(
        build_subject(), build_landing(deepest_knee_deg=deepest_knee_deg)
    )["kismam_metrics"]
    return rows.with_columns(session_day=pl.lit(day))


def recording_of(day: date, *, role: str = "athlete") -> pl.DataFrame:
    schema = build_schema("recordings")
    row = {
        "recording_id": "r" * 16,
        "session_day": day,
        "camera_view": "sagittal",
        "role": role,
        "frame_rate_hz": 60.0,
    }
    return pl.DataFrame([{**dict.fromkeys(schema), **row}], schema=schema)


def find_peak(rows: pl.DataFrame, scope: str = "athlete") -> dict[str, object]:
    return rows.filter(
        (pl.col("indicator") == "peak_knee_flexion") & (pl.col("scope") == scope)
    ).row(0, named=True)


def test_season_rows_follow_the_contract_and_compare_first_with_latest() -> None:
    rows = build_season_reports(
        pl.concat([metrics_of(JANUARY, 80.0), metrics_of(FEBRUARY, 110.0)]),
        pl.concat([recording_of(JANUARY), recording_of(FEBRUARY)]),
        FEBRUARY,
    )
    conform_rows(
        "season_reports", with_partition(rows, PartitionKey("team-a", FEBRUARY), "1")
    )
    peak = find_peak(rows)
    assert peak["season"] == "2025/26"
    assert peak["session_count"] == 2
    # What noise adds to an extreme on average is taken off: a degree or two.
    assert peak["first_session_median"] == pytest.approx(80.0, abs=2.0)
    assert peak["latest_session_median"] == pytest.approx(110.0, abs=2.0)


def test_later_days_and_other_seasons_are_left_out() -> None:
    days = (LAST_SEASON, JANUARY, FEBRUARY)
    rows = build_season_reports(
        pl.concat([metrics_of(day, 100.0) for day in days]),
        pl.concat([recording_of(day) for day in days]),
        JANUARY,
    )
    assert find_peak(rows)["session_count"] == 1
    assert find_peak(rows, "team")["repetition_count"] == 1


def test_exemplars_do_not_count() -> None:
    rows = build_season_reports(
        metrics_of(JANUARY, 100.0), recording_of(JANUARY, role="reference"), JANUARY
    )
    assert rows.is_empty()
