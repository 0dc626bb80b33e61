"""Means over cases with their spread: between cases, and between repetitions.

Cases are the sample: an interval says how the mean would move with other cases of these
kinds, not how far rules or judge err.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.evaluation.results import SUMMARY_COLUMNS, build_frame_schema

_SCOPE = ["run", "language", "writer", "variant", "judge", "kind", "name"]
_FULL = "full"
# Chosen: ends of intervals then move by less than 0.01 points from seed to seed.
_RESAMPLES = 2000
_SEED = 7
_INTERVAL_PCT = (2.5, 97.5)


def summarise_scores(scores: pl.DataFrame) -> pl.DataFrame:
    """Summarise scores by variant and name.

    Parameters
    ----------
    scores
        Rows as ``results.SCORE_COLUMNS``.

    Returns
    -------
    Rows as ``results.SUMMARY_COLUMNS``, in the order of the scores.

    Notes
    -----
    A case's repetitions are averaged first. Intervals are percentiles of means of cases
    drawn with replacement; differences are of the same cases.

    Source
    ------
    Efron B, Tibshirani RJ (1993) An Introduction to the Bootstrap. Chapman & Hall,
    ISBN 978-0412042317, chapter 13.
    """
    by_scope = scores.partition_by(_SCOPE, as_dict=True, maintain_order=True)
    means = {scope: _average_cases(part) for scope, part in by_scope.items()}
    rows = []
    for scope, part in by_scope.items():
        named = dict(zip(_SCOPE, scope, strict=True))
        full = tuple({**named, "variant": _FULL}.values())
        rows.append(
            {
                **named,
                **_summarise(means[scope]),
                "repeat_spread": _compute_repeat_spread(part),
                **_compare(named["variant"], means[scope], means.get(full, {})),
            }
        )
    return pl.DataFrame(rows, schema=build_frame_schema(SUMMARY_COLUMNS))


def compute_mean_interval(values: FloatArray) -> tuple[float, float]:
    """Compute the interval of 95 % of a mean ``(N,)``, N at least 1."""
    generator = np.random.default_rng(_SEED)
    drawn = generator.integers(0, values.size, size=(_RESAMPLES, values.size))
    low, high = np.percentile(values[drawn].mean(axis=1), _INTERVAL_PCT)
    return float(low), float(high)


def _average_cases(part: pl.DataFrame) -> dict[str, float]:
    """Average each case over its repetitions; cases without a value are left out."""
    known = part.filter(pl.col("value").is_not_null())
    means = known.group_by("case_name", maintain_order=True).agg(pl.col("value").mean())
    return dict(means.iter_rows())


def _summarise(cases: Mapping[str, float]) -> dict[str, float | int | None]:
    values = np.array(list(cases.values()))
    if not values.size:
        return {"case_count": 0, "mean": None, "low": None, "high": None}
    low, high = compute_mean_interval(values)
    return {
        "case_count": values.size,
        "mean": float(values.mean()),
        "low": low,
        "high": high,
    }


def _compute_repeat_spread(part: pl.DataFrame) -> float | None:
    means = part.group_by("repeat").agg(pl.col("value").mean())["value"].drop_nulls()
    spread = means.std() if means.len() > 1 else None
    return spread if isinstance(spread, float) else None


def _compare(
    variant: str, cases: Mapping[str, float], full: Mapping[str, float]
) -> dict[str, float | None]:
    shared = [name for name in cases if name in full]
    if variant == _FULL or not shared:
        return dict.fromkeys(("difference", "difference_low", "difference_high"))
    differences = np.array([cases[name] - full[name] for name in shared])
    low, high = compute_mean_interval(differences)
    return {
        "difference": float(differences.mean()),
        "difference_low": low,
        "difference_high": high,
    }
