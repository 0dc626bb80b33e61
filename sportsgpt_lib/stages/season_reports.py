"""``training.season_reports``: one team's season so far, from the tables of its days.

Unlike the stages, it looks at many days at once, so it is a function and not a Stage.
The comparison itself is in ``sportsgpt_lib/kismam/season.py``.
"""

from datetime import date

import polars as pl

from sportsgpt_lib.kismam.season import (
    MEASUREMENT_COLUMNS,
    name_season,
    start_of_season,
    summarise_season,
)
from sportsgpt_lib.stages.repetition_rows import build_stage_schema
from sportsgpt_lib.storage.tables import SEASON_REPORTS

CODE_VERSION = "2"
READS = ("recordings", "kismam_metrics")


def build_season_reports(
    metrics: pl.DataFrame, recordings: pl.DataFrame, session_day: date
) -> pl.DataFrame:
    """Build one team's season rows as of a day.

    Parameters
    ----------
    metrics, recordings
        Rows of ``kismam_metrics`` and ``recordings`` of one team, of any days: days
        of other seasons and later days are left out.
    session_day
        The day of the report.

    Returns
    -------
    Rows of ``season_reports`` without ``team_id``, ``session_day`` and
    ``code_version``. Recordings of exemplars are left out.
    """
    of_season = pl.col("session_day").is_between(
        start_of_season(session_day), session_day
    )
    measurements = build_measurements(metrics.filter(of_season), recordings)
    schema = build_stage_schema(SEASON_REPORTS)
    return (
        summarise_season(measurements)
        .with_columns(season=pl.lit(name_season(session_day)))
        .select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    )


def build_measurements(metrics: pl.DataFrame, recordings: pl.DataFrame) -> pl.DataFrame:
    """Put each measured value beside the conditions under which it was filmed.

    Recordings of exemplars are left out; rows are in order of the days.
    """
    facts = recordings.filter(pl.col("role") == "athlete").select(
        "recording_id",
        "session_day",
        "camera_view",
        pl.coalesce("capture_rate_hz", "frame_rate_hz").alias("frame_rate_hz"),
    )
    return (
        metrics.join(facts, on=["recording_id", "session_day"], how="inner")
        .select(MEASUREMENT_COLUMNS)
        .sort("session_day", maintain_order=True)
    )
