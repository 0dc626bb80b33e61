"""Measures what indicators say of real performances with labels or distances.

Nothing is fitted here. Frames of one video resemble each other, and how many videos
there are is not known: the shares are of these frames and no more. Sources: the
``SOURCE.txt`` in each folder of the shared data.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt
from scipy import stats

from benchmarks.figures import Figure
from benchmarks.pose.motions import find_shared_data

FloatArray = npt.NDArray[np.float64]
Table = Mapping[str, FloatArray]

_EXERCISES = "labels_exercise_errors_mit"
_JAVELIN = "ref_javelin_elite_angles/analysisResults/Final"
# Landmarks are shares of width and height; the files do not say of which picture.
_ASSUMED_ASPECT = 16.0 / 9.0
_STRAIGHT_DEG = 180.0
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SIDES = ("left", "right")


def measure() -> list[Figure]:
    """Measure squats, lunges, planks and javelin throws."""
    data = find_shared_data()
    return [
        *_measure_squat(data / _EXERCISES),
        *_measure_lunge(data / _EXERCISES),
        *_measure_plank(data / _EXERCISES),
        *_measure_javelin(data / _JAVELIN),
    ]


def compute_separation(low: FloatArray, high: FloatArray) -> float:
    """Compute the share of pairs in which the second group has the larger value.

    1 = told apart without error, 0.5 = not at all (area under the ROC curve).
    """
    low, high = low[np.isfinite(low)], high[np.isfinite(high)]
    result = stats.mannwhitneyu(high, low)
    return float(result.statistic) / (low.size * high.size)


def _measure_squat(folder: Path) -> list[Figure]:
    labels, points = _read_frames(folder / "squat_model_train.csv.gz")
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
    labels, points = _read_frames(folder / "lunge_model_err.test.csv.gz")
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
    labels, points = _read_frames(folder / "plank_model_test.csv.gz")
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
        ("last plant", _read_sheet(folder / "step6.csv")),
        ("release", _read_table(folder / "release.csv")),
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


def _read_frames(path: Path) -> tuple[npt.NDArray[np.str_], dict[str, FloatArray]]:
    """Read labels and landmarks ``(N, 2)`` in heights of the picture."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = [name.removesuffix("_x") for name in rows[0] if name.endswith("_x")]
    points = {
        name: np.array(
            [
                (float(row[f"{name}_x"]) * _ASSUMED_ASPECT, float(row[f"{name}_y"]))
                for row in rows
            ]
        )
        for name in names
    }
    return np.array([row["label"] for row in rows]), points


def _read_table(path: Path) -> dict[str, FloatArray]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def _read_sheet(path: Path) -> dict[str, FloatArray]:
    """Read a sheet of a workbook whose first row holds shared strings."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as book:
        strings = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - a pinned file of ours
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    words = [part.text or "" for part in strings.iter(f"{_SHEET}t")]
    rows = [
        [float(value.text or "nan") for value in row.iter(f"{_SHEET}v")]
        for row in sheet.iter(f"{_SHEET}row")
    ]
    columns = np.array(rows[1:]).T
    return {
        words[int(key)]: column for key, column in zip(rows[0], columns, strict=True)
    }
