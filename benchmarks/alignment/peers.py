"""Other libraries' alignment, each at its best, in the shape of ``scoring.Find``.

All get the same features, far more care than a first use would give them: gaps filled,
spikes taken out, smoothed, rates beside angles. Two forms of them: ``scaled`` by the
reference's spread, and ``unit`` rows as our own search uses (centred on the reference,
saturated, drawn to length 1). Which form, rate weight and step pattern is a peer's best
was chosen on ``TUNING_SEEDS``.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from benchmarks.alignment.recordings import Performer, Trial
from benchmarks.alignment.scoring import Find
from sportsgpt_lib.alignment.motion_features import (
    RATE_WEIGHT,
    SPREAD_FLOOR_SHARE,
    SPREAD_SHARE,
)
from sportsgpt_lib.arrays import FloatArray

# Chosen: median and smoothing as in our own rows, 0.07 s to each side.
_MEDIAN_FRAMES = 5
_SMOOTHING_S = 0.035
_RATE_HZ = 60.0
_RATE_WEIGHTS = MappingProxyType({"scaled": 0.5, "unit": RATE_WEIGHT})

PathFinder = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray, float]]


def check_c_library() -> None:
    """Raise where dtaidistance would run its Python code instead of C.

    Raises
    ------
    RuntimeError
        Its compiled library is missing.
    """
    from dtaidistance import dtw

    if dtw.dtw_cc is None:
        raise RuntimeError(
            "dtaidistance: its C library is not there; allowed: a wheel that holds it. "
            "Fix: .venv/bin/pip install --force-reinstall dtaidistance"
        )


def build_features(
    performer: Performer, trial: Trial, form: str
) -> tuple[FloatArray, FloatArray]:
    """Build the features of reference ``(M, 24)`` and recording ``(T, 24)`` at 60 Hz.

    Rows come at 60 per second, whatever the frame rates; ``form`` is ``scaled`` or
    ``unit``.
    """
    wanted = _sample_angles(performer.times_s, performer.angles_deg)
    is_inside = _get_inside(performer)
    seen = _sample_angles(trial.times_s, trial.angles_deg)
    weight = _RATE_WEIGHTS[form]
    rows = [
        np.concatenate([angles, np.gradient(angles, axis=0) * _RATE_HZ], axis=1)
        for angles in (wanted, seen)
    ]
    inside = rows[0][is_inside]
    middle, spread = inside.mean(axis=0), inside.std(axis=0)
    half = spread.size // 2
    weights = np.repeat([1.0, weight], half)
    for part in (slice(0, half), slice(half, None)):
        floor = SPREAD_FLOOR_SHARE * np.median(spread[part])
        spread[part] = np.maximum(spread[part], floor)
    finish = _draw_to_unit if form == "unit" else _leave
    wanted_rows, seen_rows = (
        finish((row - middle) / spread, weights) for row in (inside, rows[1])
    )
    return wanted_rows, seen_rows


def find_with_peer(trial: Trial, find_path: PathFinder, form: str) -> list[Find]:
    """Find the best place of a trial's first reference with a peer."""
    performer = trial.performers[0]
    wanted, seen = build_features(performer, trial, form)
    reference_rows, recording_rows, cost = find_path(wanted, seen)
    start_s = _get_times_s(performer)[_get_inside(performer)][0]
    marks = (performer.keyframe_times_s - start_s) * _RATE_HZ
    rows, first = np.unique(reference_rows, return_inverse=True)
    sums = np.bincount(first, weights=recording_rows)
    mean_rows = sums / np.bincount(first)
    times_s = trial.times_s[0] + np.interp(marks, rows, mean_rows) / _RATE_HZ
    ends_s = trial.times_s[0] + recording_rows[[0, -1]] / _RATE_HZ
    return [Find(float(ends_s.min()), float(ends_s.max()), cost, times_s)]


def _subsequence_dtaidistance(
    wanted: FloatArray, seen: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    from dtaidistance.subsequence.dtw import subsequence_alignment

    check_c_library()
    alignment = subsequence_alignment(wanted, seen, penalty=0.0, use_c=True)
    match = alignment.get_match(int(np.argmin(alignment.matching_function())))
    path = np.array(match.path, dtype=np.float64)
    return path[:, 0], path[:, 1], float(match.value)


def _global_dtaidistance(
    wanted: FloatArray, seen: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    from dtaidistance import dtw

    check_c_library()
    path = np.array(
        dtw.warping_path_fast(wanted, seen, use_ndim=True), dtype=np.float64
    )
    return path[:, 0], path[:, 1], 0.0


def _subsequence_tslearn(
    wanted: FloatArray, seen: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    from tslearn.metrics import dtw_subsequence_path

    path, cost = dtw_subsequence_path(wanted, seen)
    places = np.array(path, dtype=np.float64)
    return places[:, 0], places[:, 1], float(cost)


def _open_ended_dtw_python(
    wanted: FloatArray, seen: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    import dtw
    from scipy.spatial.distance import cdist

    found = dtw.dtw(
        cdist(wanted, seen, "sqeuclidean"),
        step_pattern=dtw.asymmetricP1,
        open_begin=True,
        open_end=True,
    )
    return (
        np.asarray(found.index1, dtype=np.float64),
        np.asarray(found.index2, dtype=np.float64),
        float(found.distance),
    )


def _global_fastdtw(
    wanted: FloatArray, seen: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    from fastdtw import fastdtw

    cost, path = fastdtw(wanted, seen, radius=1, dist=_measure_between)
    places = np.array(path, dtype=np.float64)
    return places[:, 0], places[:, 1], float(cost)


PEERS: Mapping[str, tuple[PathFinder, str]] = MappingProxyType(
    {
        "dtaidistance subsequence, scaled": (_subsequence_dtaidistance, "scaled"),
        "dtaidistance subsequence, our rows": (_subsequence_dtaidistance, "unit"),
        "tslearn subsequence, our rows": (_subsequence_tslearn, "unit"),
        "dtw-python asymmetricP1, scaled": (_open_ended_dtw_python, "scaled"),
        "dtw-python asymmetricP1, our rows": (_open_ended_dtw_python, "unit"),
        "dtaidistance global, scaled": (_global_dtaidistance, "scaled"),
    }
)
# Pure Python: run on fewer trials.
SLOW_PEERS: Mapping[str, tuple[PathFinder, str]] = MappingProxyType(
    {"fastdtw radius 1, scaled": (_global_fastdtw, "scaled")}
)


def _sample_angles(times_s: FloatArray, angles_deg: FloatArray) -> FloatArray:
    """Fill gaps, take out spikes, smooth, and sample at 60 Hz from the first time."""
    from scipy.ndimage import gaussian_filter1d, median_filter

    count = round((times_s[-1] - times_s[0]) * _RATE_HZ) + 1
    wanted_s = times_s[0] + np.arange(count) / _RATE_HZ
    rows = np.zeros((count, angles_deg.shape[1]))
    for column, angle_deg in enumerate(angles_deg.T):
        is_seen = np.isfinite(angle_deg)
        if is_seen.any():
            filled = np.interp(wanted_s, times_s[is_seen], angle_deg[is_seen])
            rows[:, column] = median_filter(filled, _MEDIAN_FRAMES)
    return np.asarray(gaussian_filter1d(rows, _SMOOTHING_S * _RATE_HZ, axis=0))


def _get_times_s(performer: Performer) -> FloatArray:
    count = round((performer.times_s[-1] - performer.times_s[0]) * _RATE_HZ) + 1
    return np.asarray(performer.times_s[0] + np.arange(count) / _RATE_HZ)


def _get_inside(performer: Performer) -> FloatArray:
    """Mark the 60-Hz rows within the movement."""
    times_s = _get_times_s(performer)
    return np.asarray((times_s >= performer.start_s) & (times_s <= performer.end_s))


def _leave(rows: FloatArray, weights: FloatArray) -> FloatArray:
    return rows * weights


def _draw_to_unit(rows: FloatArray, weights: FloatArray) -> FloatArray:
    scaled = rows / SPREAD_SHARE
    saturated = weights * scaled / np.sqrt(1.0 + scaled**2)
    return np.asarray(
        saturated / (np.linalg.norm(saturated, axis=1, keepdims=True) + 1.0)
    )


def _measure_between(one: FloatArray, other: FloatArray) -> float:
    return float(np.sqrt(np.sum((one - other) ** 2)))
