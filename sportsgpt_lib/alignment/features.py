"""What two motions are compared by: saturated, unit-length rows of angles and rates.

Cosine-like costs keep a quiet pose near the reference's mean from looking cheaper than
a noisy true match; saturation keeps one bad joint from deciding. Search and warping are
in the modules beside this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.alignment.reference import Reference
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kernels.local_regression import fit_local_lines

# Chosen by the measurements of docs/alignment.md; wide plateaus around each.
RATE_WEIGHT = 1.25
SPREAD_SHARE = 0.75
SPREAD_FLOOR_SHARE = 0.35
_MINIMUM_SAMPLES = 3
_RATE_STEP_SHARE = 0.005
_SCALING_ROWS = 200

# Cost of a query row of which less than half was seen: as far as two unrelated poses.
UNSEEN_COST = 1.0
SEEN_SHARE = 0.5


@dataclass(frozen=True)
class MotionRows:
    """Angles and their rates at chosen instants, ``(N, F)`` each; NaN = not seen."""

    values_deg: FloatArray
    rates_deg_s: FloatArray


@dataclass(frozen=True)
class FeatureScaling:
    """How angles and rates become features, taken from the reference alone.

    Means and spreads are ``(F,)``; ``weights`` (F,) are the joints' weights.
    """

    mean_deg: FloatArray
    spread_deg: FloatArray
    mean_deg_s: FloatArray
    spread_deg_s: FloatArray
    weights: FloatArray


def sample_reference(reference: Reference, cycle_shares: FloatArray) -> MotionRows:
    """Sample a target model's angles and rates at places ``(M,)`` of its cycle."""
    step = _RATE_STEP_SHARE
    ahead = reference.sample_deg(cycle_shares + step)
    behind = reference.sample_deg(cycle_shares - step)
    duration_s = 2.0 * step * reference.file.cycle_duration_s
    return MotionRows(reference.sample_deg(cycle_shares), (ahead - behind) / duration_s)


def sample_query(
    times_s: FloatArray, angles_deg: FloatArray, at_s: FloatArray, half_width_s: float
) -> MotionRows:
    """Sample an athlete's angles ``(T, F)`` and rates at instants ``(N,)``."""
    values, rates = fit_local_lines(
        np.array(times_s, dtype=np.float64),
        np.array(angles_deg, dtype=np.float64, order="C"),
        at_s,
        half_width_s,
        _MINIMUM_SAMPLES,
    )
    return MotionRows(np.asarray(values), np.asarray(rates))


def build_scaling(
    reference: Reference, joint_weights: Mapping[str, float]
) -> FeatureScaling:
    """Build the scaling of a target model.

    Parameters
    ----------
    reference
        The target model.
    joint_weights
        Weight of each quantity in the alignment; quantities that are absent weigh 1.

    Returns
    -------
    The scaling; a joint that hardly moves is given a floor of spread, so that its noise
    is not blown up.
    """
    rows = sample_reference(reference, np.arange(_SCALING_ROWS) / _SCALING_ROWS)
    weights = [float(joint_weights.get(name, 1.0)) for name in reference.quantities]
    return FeatureScaling(
        mean_deg=rows.values_deg.mean(axis=0),
        spread_deg=_floor_spread(rows.values_deg),
        mean_deg_s=rows.rates_deg_s.mean(axis=0),
        spread_deg_s=_floor_spread(rows.rates_deg_s),
        weights=np.tile(np.array(weights), 2),
    )


def _floor_spread(samples: FloatArray) -> FloatArray:
    spread = samples.std(axis=0)
    floored = np.maximum(spread, SPREAD_FLOOR_SHARE * float(np.median(spread)))
    return np.asarray(SPREAD_SHARE * floored)


def compute_features(rows: MotionRows, scaling: FeatureScaling) -> FloatArray:
    """Compute the feature rows ``(N, 2 F)``, of length below one.

    NaN where an angle was not seen; the rest of the row is scaled as if it were whole.
    """
    angles = _saturate((rows.values_deg - scaling.mean_deg) / scaling.spread_deg)
    rates = _saturate((rows.rates_deg_s - scaling.mean_deg_s) / scaling.spread_deg_s)
    weighted = np.concatenate(
        [angles * scaling.weights, RATE_WEIGHT * rates * scaling.weights], axis=1
    )  # (N, 2F)
    seen_share = np.isfinite(weighted).mean(axis=1, keepdims=True)
    squares = np.nansum(weighted**2, axis=1, keepdims=True)
    length = np.sqrt(squares / np.maximum(seen_share, 1.0 / weighted.shape[1]))
    return np.asarray(weighted / (length + 1.0))


def _saturate(scaled: FloatArray) -> FloatArray:
    return np.asarray(scaled / np.sqrt(1.0 + scaled**2))


def compute_costs(reference_rows: FloatArray, query_rows: FloatArray) -> FloatArray:
    """Compute the squared distances of every reference row to every query row.

    Parameters
    ----------
    reference_rows
        Features ``(M, K)`` without NaN.
    query_rows
        Features ``(N, K)``; NaN = not seen, left out, and the rest scaled up.

    Returns
    -------
    Costs ``(M, N)``, finite, 0 = identical. A query row of which less than half was
    seen costs what an unrelated pose costs.
    """
    seen = np.isfinite(query_rows)
    filled = np.where(seen, query_rows, 0.0)
    mask = seen.astype(np.float64)
    squares = (
        reference_rows**2 @ mask.T
        - 2.0 * (reference_rows @ filled.T)
        + (filled**2).sum(axis=1)
    )  # (M, N)
    seen_share = mask.mean(axis=1)
    costs = np.maximum(squares, 0.0) / np.maximum(seen_share, SEEN_SHARE)
    return np.ascontiguousarray(np.where(seen_share >= SEEN_SHARE, costs, UNSEEN_COST))
