"""Each athlete's medians over one session, for the guidance text.

The errors and what could be told between two sessions are computed in
``sportsgpt_lib/kismam/change.py``, as for the season; nothing is stored.
"""

import polars as pl

from sportsgpt_lib.kismam.season import summarise_session_medians
from sportsgpt_lib.stages.season_reports import build_measurements

_INDICATOR = ["movement", "indicator"]


def build_session_medians(
    metrics: pl.DataFrame, recordings: pl.DataFrame
) -> pl.DataFrame:
    """Build the medians of a session, of all its athletes.

    Parameters
    ----------
    metrics, recordings
        Rows of ``kismam_metrics`` and ``recordings`` of one partition.

    Returns
    -------
    One row per athlete, movement and indicator with a measured value:
    ``indicator_name``, ``unit``, ``median``, ``repetition_count``, ``standard_error``,
    ``minimal_detectable_change``, ``target_low``, ``target_high``, ordered by identity.
    Where an athlete has one repetition, the spread of the others' repetitions counts;
    without any, error and detectable change are null.
    """
    words = metrics.select(*_INDICATOR, "indicator_name", "unit").unique(
        _INDICATOR, keep="first", maintain_order=True
    )
    medians = summarise_session_medians(build_measurements(metrics, recordings))
    return medians.join(words, on=_INDICATOR, how="left").sort(
        "athlete_id", *_INDICATOR
    )
