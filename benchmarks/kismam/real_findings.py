"""What the rules of squat and javelin say of labelled frames and of elite throws.

The movement files, indicators, W and findings are the product's; only the reading of
the sets is made here. Frames have no time: a frame is taken as a repetition that has
one keyframe, without an error of its instant. Nothing is fitted.
The squat frames were filmed from the front, where these indicators mean little: what
the rules say is shown for the true view and for two that would be wrong.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
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
from benchmarks.kismam.real_labels import compute_separation
from benchmarks.pose.motions import find_shared_data
from sportsgpt_lib.kinematics import angles
from sportsgpt_lib.kismam.batch import BatchAssessment, assess_batch
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors
from sportsgpt_lib.sports.quantities import BODY_SIDES, Side
from sportsgpt_lib.sports.reach import LIMITED_TRUST, VALID_TRUST

_FULL_PCT = 100.0
_STRAIGHT_DEG = 180.0
_TIMES_S = np.array([0.0, 0.05, 0.1])
_INSTANT_S = 0.05
_LATEST_PLANT = 6


def measure() -> list[Figure]:
    """Measure findings on squat frames and on throws."""
    data = find_shared_data()
    path = data / EXERCISES / "squat_model_train.csv.gz"
    return [
        *_measure_squat(path),
        *_measure_javelin(data / JAVELIN),
    ]


def _measure_squat(path: Path) -> list[Figure]:
    labels, points = read_frames(path)
    curves = compute_squat_angles(points)
    width = np.abs(points["left_shoulder"][:, 0] - points["right_shoulder"][:, 0])
    trunk = np.linalg.norm(
        _find_middle(points, "shoulder") - _find_middle(points, "hip"), axis=1
    )
    return [
        Figure(
            "squat: width of the shoulders by length of the trunk, median",
            float(np.median(width / trunk)),
            "",
            note=f"least of {labels.size} frames {np.min(width / trunk):.2f}; from the "
            "side it is near 0: all were filmed from the front",
        ),
        *(
            figure
            for view in ("frontal", "oblique", "sagittal")
            for figure in _measure_squat_as(view, labels == "down", curves)
        ),
    ]


def _measure_squat_as(
    view: str, is_down: npt.NDArray[np.bool_], curves: Mapping[str, FloatArray]
) -> list[Figure]:
    """Measure findings as if the frames had been filmed from a view."""
    movement = load_movement("squat")
    names = [issue.name for issue in movement.issues]
    shallow, early = names.index("too_shallow"), names.index("stops_early")
    bottoms = assess_frames(movement, curves, ("bottom", "both"), view)
    finishes = assess_frames(movement, curves, ("finish", "both"), view)
    probability = bottoms.issues.probability[:, shallow]
    if not np.isfinite(probability).any():
        return [
            Figure(f"squat, view {view}: issues that can be judged", 0.0, "of 9 issues")
        ]
    reported = np.asarray(bottoms.issues.is_reported)
    too_shallow = reported[:, shallow]
    others = np.asarray(np.delete(reported, shallow, axis=1).any(axis=1))
    early_ones = np.asarray(finishes.issues.is_reported)[:, early]
    return [
        Figure(
            f"squat, view {view}: up against down by the probability of too shallow",
            compute_separation(probability[is_down], probability[~is_down]),
            "area under ROC",
            note="each frame taken as the lowest point",
        ),
        *(
            Figure(f"squat, view {view}: {words}", _share(hits), "%", note=note)
            for words, hits, note in (
                ("up taken as lowest: too shallow", too_shallow[~is_down], "it is"),
                (
                    "down taken as lowest: too shallow",
                    too_shallow[is_down],
                    "down is half of the way as well, so that some are",
                ),
                (
                    "down taken as lowest: any other issue",
                    others[is_down],
                    "the set has no labels for them",
                ),
                ("up taken as finish: stops early", early_ones[~is_down], "false"),
                ("down taken as finish: stops early", early_ones[is_down], "it does"),
            )
        ),
    ]


def _measure_javelin(folder: Path) -> list[Figure]:
    movement = load_movement("javelin_delivery")
    figures = []
    for keyframe, table in (
        ("foot_strike", read_sheet(folder / f"step{_LATEST_PLANT}.csv")),
        ("release", read_table(folder / "release.csv")),
    ):
        # Five right-handed men: the front leg is the left one.
        curves = {
            "left_knee_flexion": _STRAIGHT_DEG - table["left_knee"],
            "right_elbow_flexion": _STRAIGHT_DEG - table["elbow"],
        }
        found = assess_frames(movement, curves, (keyframe, "left"), "sagittal")
        for column, issue in enumerate(movement.issues):
            probability = found.issues.probability[:, column]
            if not np.isfinite(probability).any():
                continue
            severity = found.issues.severity[:, column]
            weight = probability * severity
            distance = table["distance"]
            against = (
                stats.spearmanr(weight, distance) if np.ptp(weight) > 0.0 else None
            )
            figures.append(
                Figure(
                    f"javelin, {keyframe}: {issue.name} in elite throws",
                    _share(found.issues.is_reported[:, column]),
                    "%",
                    note=f"{distance.size} throws; "
                    + (
                        "never above 0"
                        if against is None
                        else "probability x severity against distance: Spearman r = "
                        f"{against.statistic:.2f}, p = {against.pvalue:.2f}"
                    ),
                )
            )
    return figures


def assess_frames(
    movement: Movement,
    curves: Mapping[str, FloatArray],
    keyframe: tuple[str, Side],
    view: str,
) -> BatchAssessment:
    """Assess frames ``(N,)`` one by one, each as a repetition with one keyframe."""
    errors = load_measurement_errors()
    count = next(iter(curves.values())).size
    rows = []
    for index in range(count):
        repetition = Repetition(
            own_side=keyframe[1],
            keyframes={keyframe: KeyframeTime(_INSTANT_S, 0.0)},
            signals={
                name: Signal(_TIMES_S, np.full(_TIMES_S.size, values[index]))
                for name, values in curves.items()
            },
        )
        rows.append(assess_repetition(movement, repetition, view, errors))
    return assess_batch(
        movement,
        np.array([[part.value for part in row] for row in rows]),
        np.array([[part.error for part in row] for row in rows]),
        np.array(
            [
                [
                    LIMITED_TRUST if part.validity == "limited" else VALID_TRUST
                    for part in row
                ]
                for row in rows
            ]
        ),
    )


def compute_squat_angles(points: Table) -> dict[str, FloatArray]:
    """Compute the angles of frames with the product's formulas; nose tells forward."""
    shoulder, hip = _find_middle(points, "shoulder"), _find_middle(points, "hip")
    forward = np.sign(points["nose"][:, 0] - shoulder[:, 0])

    def turn(point: FloatArray) -> FloatArray:
        return np.column_stack([forward * point[:, 0], -point[:, 1]])

    trunk = angles.compute_standing_angle_deg(turn(hip), turn(shoulder))
    curves = {"trunk_lean": trunk}
    for side in BODY_SIDES:
        knee, ankle = turn(points[f"{side}_knee"]), turn(points[f"{side}_ankle"])
        thigh = angles.compute_hanging_angle_deg(turn(points[f"{side}_hip"]), knee)
        shank = angles.compute_hanging_angle_deg(knee, ankle)
        curves[f"{side}_thigh_angle"] = thigh
        curves[f"{side}_shank_angle"] = shank
        curves[f"{side}_knee_flexion"] = angles.compute_knee_flexion_deg(thigh, shank)
        curves[f"{side}_hip_flexion"] = angles.compute_hip_flexion_deg(thigh, trunk)
    return curves


def _find_middle(points: Table, joint: str) -> FloatArray:
    return 0.5 * (points[f"left_{joint}"] + points[f"right_{joint}"])


def _share(hits: np.ndarray) -> float:
    return _FULL_PCT * float(hits.mean()) if hits.size else float("nan")
