"""The slope of a line through points of which some lie far off it."""

import numpy as np

from sportsgpt_lib.arrays import FloatArray, IntArray

_MOST_SAMPLES = 400


def fit_theil_slope(along: FloatArray, values: FloatArray) -> float:
    """Fit the slope of ``values`` along ``along``.

    Parameters
    ----------
    along, values
        Coordinates ``(n,)``, none NaN; more than 400 are thinned evenly along the way,
        the same from either side.

    Returns
    -------
    The median slope of all pairs, which up to 29 % of stray points cannot carry off;
    0 where all lie at one place.

    Source
    ------
    Theil H (1950), A rank-invariant method of linear and polynomial regression
    analysis. Proc. Royal Netherlands Academy of Sciences 53: 386-392.
    """
    if along.size > _MOST_SAMPLES:
        chosen = _thin_evenly(along)
        along, values = along[chosen], values[chosen]
    first, second = np.triu_indices(along.size, k=1)
    steps = along[second] - along[first]
    is_apart = steps != 0.0
    if not is_apart.any():
        return 0.0
    rises = values[second] - values[first]
    return float(np.median(rises[is_apart] / steps[is_apart]))


def _thin_evenly(along: FloatArray) -> IntArray:
    in_order = np.argsort(along, kind="stable")
    lower = np.linspace(0, along.size - 1, _MOST_SAMPLES)[: _MOST_SAMPLES // 2]
    places = lower.astype(np.int64)
    return np.asarray(in_order[np.concatenate([places, along.size - 1 - places])])
