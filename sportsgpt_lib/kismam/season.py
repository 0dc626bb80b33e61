"""Change over a season: medians per session, and whether they may be compared.

Whether a difference is more than its error is computed in ``change.py``. Works on plain
frames of measurements; which rows of which tables they come from is
decided in ``sportsgpt_lib/stages/season_reports.py``.
"""

from datetime import date

import polars as pl

from sportsgpt_lib.kismam.change import (
    CHANGE_COLUMNS,
    compare_sessions,
    summarise_latest,
)

SEASON_START_MONTH = 10
_CENTURY = 100
TEAM = "all"

# What must not change between two sessions for their medians to be comparable. Frame
# rates are compared in whole Hz: 29.97 and 30 measure alike.
COMPARABILITY = {
    "camera_view": "camera view",
    "whole_frame_rate_hz": "frame rate (Hz)",
    "pose_model": "pose model",
    "pose_weights_sha256": "pose model's weights",
    "movement_sha256": "movement definition",
}
# Digests are too long to read; the note only says that they changed.
_DIGESTS = ("pose_weights_sha256", "movement_sha256")
_MEASURED_DAY = pl.col("session_day").filter(pl.col("measured"))
_GROUP = ["scope", "athlete_id", "movement", "indicator"]
MEASUREMENT_COLUMNS = (
    "session_day",
    "athlete_id",
    "movement",
    "indicator",
    "unit",
    "value",
    "error",
    "target_low",
    "target_high",
    "camera_view",
    "frame_rate_hz",
    "pose_model",
    "pose_weights_sha256",
    "movement_sha256",
)


def name_season(day: date) -> str:
    """Name the season a day belongs to, such as ``2025/26`` for October 2025 on."""
    first = day.year if day.month >= SEASON_START_MONTH else day.year - 1
    return f"{first}/{(first + 1) % _CENTURY:02d}"


def start_of_season(day: date) -> date:
    """Give the first day of the season a day belongs to."""
    first = day.year if day.month >= SEASON_START_MONTH else day.year - 1
    return date(first, SEASON_START_MONTH, 1)


def summarise_season(measurements: pl.DataFrame) -> pl.DataFrame:
    """Summarise a team's measurements of one season by athlete and for the team.

    Parameters
    ----------
    measurements
        One row per repetition and indicator, with the columns of
        ``MEASUREMENT_COLUMNS``. ``value`` null = not measured: the row counts for
        neither sessions, repetitions nor medians.

    Returns
    -------
    One row per scope, athlete, movement and indicator, also for indicators that were
    never measured (counts 0, medians null).
    """
    by_scope = pl.concat(
        [
            measurements.with_columns(scope=pl.lit("athlete")),
            measurements.with_columns(
                scope=pl.lit("team"), athlete_id=pl.lit(TEAM, dtype=pl.String)
            ),
        ]
    ).with_columns(
        _whole_frame_rate(),
        measured=pl.col("value").is_not_null(),
    )
    summary = by_scope.group_by(_GROUP, maintain_order=True).agg(
        pl.col("unit").last(),
        session_count=pl.col("session_day").filter(pl.col("measured")).n_unique(),
        repetition_count=pl.col("measured").sum(),
        median=pl.col("value").median(),
        first_session_median=_median_of_session(_MEASURED_DAY.min()),
        latest_session_median=_median_of_session(_MEASURED_DAY.max()),
        **{
            name: pl.col(name).filter(pl.col("measured")).drop_nulls().unique().sort()
            for name in COMPARABILITY
        },
    )
    differences = compare_sessions(
        by_scope.filter(pl.col("measured")), tuple(COMPARABILITY)
    )
    return (
        summary.with_columns(
            pl.col("session_count", "repetition_count").cast(pl.Int64),
            comparability_note=_comparability_note(),
        )
        .join(differences, on=_GROUP, how="left", maintain_order="left")
        .with_columns(pl.col("comparable_session_count").fill_null(0))
    ).select(
        *_GROUP,
        "unit",
        "session_count",
        "repetition_count",
        "median",
        "first_session_median",
        "latest_session_median",
        pl.col("comparability_note").is_null().alias("is_comparable"),
        "comparability_note",
        *CHANGE_COLUMNS,
    )


def summarise_session_medians(measurements: pl.DataFrame) -> pl.DataFrame:
    """Summarise each athlete's latest session, as ``summarise_latest`` does.

    Parameters
    ----------
    measurements
        As for ``summarise_season``. Only of one session: what it can tell by itself.
    """
    measured = measurements.filter(pl.col("value").is_not_null())
    return summarise_latest(
        measured.with_columns(_whole_frame_rate(), scope=pl.lit("athlete")),
        tuple(COMPARABILITY),
    ).drop("scope")


def _whole_frame_rate() -> pl.Expr:
    rate = pl.col("frame_rate_hz").round(0).cast(pl.Int64)
    return rate.alias("whole_frame_rate_hz")


def _median_of_session(day: pl.Expr) -> pl.Expr:
    return pl.col("value").filter(pl.col("session_day") == day).median()


def _comparability_note() -> pl.Expr:
    parts = [
        pl.when(pl.col(name).list.len() > 1).then(
            pl.lit(f"{words} changed")
            if name in _DIGESTS
            else pl.format(
                f"{words} changed: {{}}",
                pl.col(name).list.eval(pl.element().cast(pl.String)).list.join(", "),
            )
        )
        for name, words in COMPARABILITY.items()
    ]
    note = pl.concat_str(parts, separator="; ", ignore_nulls=True)
    return pl.when(note != "").then(note)
