"""Whether a difference is more than its error: to an athlete's past, team and target.

Works on plain frames of measurements, as ``season.py`` does. Everything is compared
only among sessions filmed and measured like the latest one.
"""

import math
from collections.abc import Sequence

import polars as pl

CONFIDENCE_Z = 1.96
"""Normal quantile of a two-sided 95 %."""

_MEDIAN_VARIANCE = math.pi / 2.0
_FEWEST_FOR_MEDIAN = 3
_FEWEST_OTHERS = 2
_INDICATOR = ["movement", "indicator"]
_GROUP = ["scope", "athlete_id", *_INDICATOR]

CHANGE_COLUMNS = (
    "comparable_since_day",
    "comparable_session_count",
    "baseline_median",
    "change",
    "minimal_detectable_change",
    "change_verdict",
    "team_median",
    "team_detectable_difference",
    "team_verdict",
    "target_low",
    "target_high",
    "target_distance",
    "target_verdict",
)


def compare_sessions(by_scope: pl.DataFrame, conditions: Sequence[str]) -> pl.DataFrame:
    """Compare the latest session with what came before, with the team and the target.

    Parameters
    ----------
    by_scope
        Measured rows with ``scope``, ``athlete_id``, ``movement``, ``indicator``,
        ``session_day``, ``value``, ``error``, ``target_low``, ``target_high`` and the
        conditions. ``value`` is never null.
    conditions
        Columns that must agree for values to be compared.

    Returns
    -------
    One row per scope, athlete, movement and indicator with ``CHANGE_COLUMNS``. A
    comparison that cannot be made is null.

    Notes
    -----
    The standard error of a session's median joins the measurement error, which
    repetitions of one session share, with the spread of the repetitions, pooled over
    the comparable sessions, else over the team's, divided by their number (times pi / 2
    from three repetitions on, for a median). The minimal detectable change of two
    sessions is 1.96 times the root of the sum of their squared standard errors; with
    equal errors that is the published 1.96 * sqrt(2) * SEM. It is on the large side:
    what camera and network err alike in both sessions cancels, and is not told apart.
    A team's own change is not judged: who takes part differs from session to session,
    and repetitions of one athlete are no independent draws of the team.

    Source
    ------
    Weir JP (2005) Quantifying test-retest reliability using the intraclass correlation
    coefficient and the SEM. Journal of Strength and Conditioning Research
    19(1):231-240, doi:10.1519/15184.1.
    """
    runs = _summarise_comparable(by_scope, conditions)
    return (
        runs.join(_summarise_others(runs, conditions), on=_GROUP, how="left")
        .with_columns(
            *_compare_with_past(), *_compare_with_team(), *_compare_with_target()
        )
        .select(*_GROUP, *CHANGE_COLUMNS)
    )


def summarise_latest(by_scope: pl.DataFrame, conditions: Sequence[str]) -> pl.DataFrame:
    """Summarise the latest session: medians, their errors, and what could be told.

    Parameters
    ----------
    by_scope, conditions
        As for ``compare_sessions``. Of a session filmed in two ways, the way with more
        repetitions counts.

    Returns
    -------
    One row per scope, athlete, movement and indicator: ``median``,
    ``repetition_count``, ``standard_error``, and ``minimal_detectable_change`` to
    another session of the same errors and number of repetitions. The last two are null
    where the spread of repetitions is not known, and of a team.
    """
    error = pl.col("latest_variance").sqrt()
    return _summarise_comparable(by_scope, conditions).select(
        *_GROUP,
        "target_low",
        "target_high",
        median="latest_median",
        repetition_count=pl.col("latest_count").cast(pl.Int64),
        standard_error=error,
        minimal_detectable_change=CONFIDENCE_Z * math.sqrt(2.0) * error,
    )


def _summarise_comparable(
    by_scope: pl.DataFrame, conditions: Sequence[str]
) -> pl.DataFrame:
    """Set first and latest comparable session side by side, with their variances."""
    sessions = _summarise_sessions(by_scope, conditions)
    runs = _summarise_runs(_keep_like_latest(sessions, conditions), conditions)
    spread = _pool_spread(sessions, conditions)
    return (
        runs.join(spread, on=[*_INDICATOR, *conditions], how="left", nulls_equal=True)
        .with_columns(
            variance=pl.when(pl.col("scope") == "athlete").then(
                pl.coalesce("own_variance", "team_variance")
            )
        )
        .with_columns(
            baseline_variance=_session_variance("baseline"),
            latest_variance=_session_variance("latest"),
        )
    )


def _summarise_sessions(
    by_scope: pl.DataFrame, conditions: Sequence[str]
) -> pl.DataFrame:
    """Summarise each session; one of two views is two."""
    keys = [*_GROUP, *conditions, "session_day"]
    return by_scope.group_by(keys, maintain_order=True).agg(
        pl.col("target_low", "target_high").last(),
        count=pl.len(),
        median=pl.col("value").median(),
        error=pl.col("error").median(),
        squares=(pl.col("value") - pl.col("value").mean()).pow(2).sum(),
    )


def _keep_like_latest(
    sessions: pl.DataFrame, conditions: Sequence[str]
) -> pl.DataFrame:
    """Keep sessions filmed and measured like the latest one, in order of time."""
    latest = (
        sessions.sort("session_day", "count", *conditions)
        .group_by(_GROUP, maintain_order=True)
        .agg(pl.col(conditions).last())
    )
    return latest.join(
        sessions, on=[*_GROUP, *conditions], how="inner", nulls_equal=True
    ).sort("session_day")


def _summarise_runs(sessions: pl.DataFrame, conditions: Sequence[str]) -> pl.DataFrame:
    """Set the first and the latest of comparable sessions side by side."""
    return sessions.group_by([*_GROUP, *conditions], maintain_order=True).agg(
        pl.col("target_low", "target_high").last(),
        comparable_since_day=pl.col("session_day").first(),
        comparable_session_count=pl.len().cast(pl.Int64),
        own_variance=_pooled_variance(),
        **{
            f"{name}_{column}": getattr(pl.col(column), place)()
            for name, place in (("baseline", "first"), ("latest", "last"))
            for column in ("median", "count", "error")
        },
    )


def _pooled_variance() -> pl.Expr:
    """Pool the spread inside sessions; null where no session has two values."""
    freedom = pl.col("count").sum() - pl.len()
    return pl.when(freedom > 0).then(pl.col("squares").sum() / freedom)


def _pool_spread(sessions: pl.DataFrame, conditions: Sequence[str]) -> pl.DataFrame:
    return (
        sessions.filter(pl.col("scope") == "athlete")
        .group_by([*_INDICATOR, *conditions])
        .agg(team_variance=_pooled_variance())
    )


def _session_variance(name: str) -> pl.Expr:
    count = pl.col(f"{name}_count")
    factor = pl.when(count >= _FEWEST_FOR_MEDIAN).then(_MEDIAN_VARIANCE).otherwise(1.0)
    return pl.col(f"{name}_error").pow(2) + factor * pl.col("variance") / count


def _compare_with_past() -> list[pl.Expr]:
    change = pl.when(pl.col("comparable_session_count") > 1).then(
        pl.col("latest_median") - pl.col("baseline_median")
    )
    detectable = (
        CONFIDENCE_Z * (pl.col("baseline_variance") + pl.col("latest_variance")).sqrt()
    )
    return [
        change.alias("change"),
        detectable.alias("minimal_detectable_change"),
        _judge(change, detectable).alias("change_verdict"),
    ]


def _compare_with_team() -> list[pl.Expr]:
    difference = pl.col("latest_median") - pl.col("team_median")
    detectable = (
        CONFIDENCE_Z * (pl.col("latest_variance") + pl.col("others_variance")).sqrt()
    )
    return [
        detectable.alias("team_detectable_difference"),
        _judge(difference, detectable).alias("team_verdict"),
    ]


def _compare_with_target() -> list[pl.Expr]:
    latest = pl.col("latest_median")
    low, high = pl.col("target_low"), pl.col("target_high")
    distance = (
        pl.when(latest < low)
        .then(latest - low)
        .when(latest > high)
        .then(latest - high)
        .when(low.is_not_null() | high.is_not_null())
        .then(0.0)
    )
    verdict = (
        pl.when(distance == 0.0)
        .then(pl.lit("inside"))
        .when(distance.abs() > CONFIDENCE_Z * pl.col("latest_variance").sqrt())
        .then(pl.lit("outside"))
        .when(distance.is_not_null())
        .then(pl.lit("undecided"))
    )
    return [distance.alias("target_distance"), verdict.alias("target_verdict")]


def _judge(difference: pl.Expr, detectable: pl.Expr) -> pl.Expr:
    return (
        pl.when(difference.is_null())
        .then(None)
        .when(detectable.is_null())
        .then(pl.lit("unknown_error"))
        .when(difference.abs() > detectable)
        .then(pl.lit("beyond_error"))
        .otherwise(pl.lit("within_error"))
    )


def _summarise_others(
    compared: pl.DataFrame, conditions: Sequence[str]
) -> pl.DataFrame:
    """Summarise the other athletes' latest sessions, measured like this one's."""
    athletes = compared.filter(pl.col("scope") == "athlete")
    shared = [*_INDICATOR, *conditions]
    others = athletes.select(
        *shared,
        other_id="athlete_id",
        other_median="latest_median",
        other_error="latest_error",
    )
    median = pl.col("other_median")
    return (
        athletes.select(*_GROUP, *conditions)
        .join(others, on=shared, how="inner", nulls_equal=True)
        .filter(pl.col("other_id") != pl.col("athlete_id"))
        .group_by(_GROUP, maintain_order=True)
        .agg(
            team_median=median.median(),
            others_variance=pl.when(pl.len() >= _FEWEST_OTHERS).then(
                pl.col("other_error").median().pow(2)
                + _MEDIAN_VARIANCE * median.var() / pl.len()
            ),
        )
    )
