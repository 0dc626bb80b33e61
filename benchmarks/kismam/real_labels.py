"""Measures what indicators say of real performances with labels or distances.

Nothing is fitted here. Frames of one video resemble each other, and how many videos
there are is not known: the shares are of these frames and no more. Sources: the
``SOURCE.txt`` in each folder of the shared data.
"""

from pathlib import Path

import numpy as np
from scipy import stats

from benchmarks.figures import Figure
from benchmarks.kismam.labelled_data import (
    EXERCISES,
    JAVELIN,
    FloatArray,
    Table,
    read_frames,
    read_sheet,
    read_table,
)
from benchmarks.pose.motions import find_shared_data

_STRAIGHT_DEG = 180.0
_SIDES = ("left", "right")


def measure() -> list[Figure]:
    """Measure squats, lunges, planks and javelin throws."""
    data = find_shared_data()
    return [
        *_measure_squat(data / EXERCISES),
        *_measure_lunge(data / EXERCISES),
        *_measure_plank(data / EXERCISES),
        *_measure_javelin(data / JAVELIN),
    ]


def compute_separation(low: FloatArray, high: FloatArray) -> float:
    """Compute the share of pairs in which the second group has the larger value.

    1 = told apart without error, 0.5 = not at all (area under the ROC curve).
    """
    low, high = low[np.isfinite(low)], high[np.isfinite(high)]
    result = stats.mannwhitneyu(high, low)
    return float(result.statistic) / (low.size * high.size)


def _measure_squat(folder: Path) -> list[Figure]:
    labels, points = read_frames(folder / "squat_model_train.csv.gz")
    knee = _mean_of_sides(points, "hip", "knee", "ankle")
    down = labels == "down"
    return [
        _separate("squat, down against up: knee flexion", knee[~down], knee[down]),
        Figure(
            "squat, labelled down: median knee flexion",
            float(np.nanmedian(knee[down])),
            "deg",
            note="down is half of the way as well as the bottom; frontal views among "
            "them shorten the angle",
        ),
    ]


def _measure_lunge(folder: Path) -> list[Figure]:
    labels, points = read_frames(folder / "lunge_model_err.test.csv.gz")
    over = np.full((2, labels.size), np.nan)
    lean = np.full((2, labels.size), np.nan)
    for row, side in enumerate(_SIDES):
        knee, ankle = points[f"{side}_knee"], points[f"{side}_ankle"]
        toe, heel = points[f"{side}_foot_index"], points[f"{side}_heel"]
        forward = np.sign(toe[:, 0] - heel[:, 0])
        length = np.linalg.norm(knee - ankle, axis=1)
        over[row] = forward * (knee[:, 0] - toe[:, 0]) / length
        lean[row] = np.degrees(
            np.arctan2(forward * (knee[:, 0] - ankle[:, 0]), ankle[:, 1] - knee[:, 1])
        )
    wrong = labels == "L"
    # The front leg is the one whose shank stands; the rear one lies.
    front = np.argmin(np.abs(lean), axis=0)
    frames = np.arange(labels.size)
    return [
        _separate(
            f"lunge, knee over toe against correct: {words}",
            values[front, frames][~wrong],
            values[front, frames][wrong],
        )
        for words, values in (
            ("knee ahead of the toe", over),
            ("forward lean of the shank", lean),
        )
    ]


def _measure_plank(folder: Path) -> list[Figure]:
    labels, points = read_frames(folder / "plank_model_test.csv.gz")
    raised = np.nanmean([_height_over_line(points, side) for side in _SIDES], axis=0)
    correct = raised[labels == "C"]
    return [
        _separate(
            "plank, hips high against correct: hips above the line",
            correct,
            raised[labels == "H"],
        ),
        _separate(
            "plank, correct against hips low: hips above the line",
            raised[labels == "L"],
            correct,
        ),
    ]


def _measure_javelin(folder: Path) -> list[Figure]:
    figures = []
    for name, table in (
        ("last plant", read_sheet(folder / "step6.csv")),
        ("release", read_table(folder / "release.csv")),
    ):
        thrower = table["height"] * 1000.0 + table["weight"]
        distance = table["distance"]
        for column in ("left_knee", "right_knee", "left_trunk", "elbow"):
            flexion = _STRAIGHT_DEG - table[column]
            found = stats.spearmanr(flexion, distance)
            own = stats.spearmanr(
                _without_mean(flexion, thrower), _without_mean(distance, thrower)
            )
            figures.append(
                Figure(
                    f"javelin, {name}: {column} flexion against distance",
                    float(found.statistic),
                    "Spearman r",
                    note=f"{distance.size} throws, p = {found.pvalue:.2f}; inside "
                    f"throwers r = {own.statistic:.2f}, p = {own.pvalue:.2f}",
                )
            )
    return figures


def _separate(name: str, low: FloatArray, high: FloatArray) -> Figure:
    return Figure(
        name,
        compute_separation(low, high),
        "area under ROC",
        note=f"{low.size} and {high.size} frames",
    )


def _mean_of_sides(points: Table, *joints: str) -> FloatArray:
    return np.asarray(
        np.mean(
            [
                _compute_flexion_deg(*(points[f"{side}_{joint}"] for joint in joints))
                for side in _SIDES
            ],
            axis=0,
        )
    )


def _compute_flexion_deg(
    proximal: FloatArray, joint: FloatArray, distal: FloatArray
) -> FloatArray:
    first, second = proximal - joint, distal - joint
    product = (first * second).sum(axis=1)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.asarray(_STRAIGHT_DEG - np.degrees(np.arccos(product / lengths)))


def _height_over_line(points: Table, side: str) -> FloatArray:
    """Measure how far the hip lies above the line shoulder to ankle, per length."""
    shoulder, hip, ankle = (
        points[f"{side}_{joint}"] for joint in ("shoulder", "hip", "ankle")
    )
    along = ankle - shoulder
    length = np.linalg.norm(along, axis=1)
    offset = hip - shoulder
    across = along[:, 0] * offset[:, 1] - along[:, 1] * offset[:, 0]
    # In a picture y grows downwards; above is negative for a line to the right.
    return np.asarray(-np.sign(along[:, 0]) * across / length**2)


def _without_mean(values: FloatArray, group: FloatArray) -> FloatArray:
    means = {key: values[group == key].mean() for key in np.unique(group)}
    return np.asarray(values - np.array([means[key] for key in group]))
