"""Knee and hip angles against motion capture, before and after repair.

Motion capture is projected to a camera at the side (``side_camera.py``), seen with a
network's faults, repaired, and turned into angles; the truth is the angles of the same
projection without faults. Root mean square errors are over the frames in which the
angle exists both before and after repair, so that points which repair drops or fills
flatter neither. Beside it: the same repair with one cut-off of 6 Hz for every joint.

Recordings are in two parts: those of ``TUNING_NAMES`` are for choosing limits of repair
and are never reported; figures are of the others, of other persons where there are any.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.figures import Figure
from benchmarks.pose.motions import Motion, find_shared_data, load_motions
from benchmarks.pose.side_camera import film_from_side, see_with_network
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.angles import (
    compute_hanging_angle_deg,
    compute_hip_flexion_deg,
    compute_knee_flexion_deg,
    compute_standing_angle_deg,
    wrap_deg,
)
from sportsgpt_lib.kinematics.rates import compute_rates, unwrap_deg
from sportsgpt_lib.pose.repair import RepairRules, repair_poses
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

TUNING_NAMES = frozenset(
    {
        "bmc_walk1",
        "bmc_walk2",
        "cmu_train_jumping_jumping_1",
        "cmu_train_jumping_jumping_3",
        *(f"cmu_train_running_running_{number}" for number in range(1, 6)),
    }
)
FRAME_RATES_HZ = (30.0, 60.0, 120.0, 240.0)
SEEDS = (1, 2, 3)
_KINDS = {"walk": "walks", "run": "runs", "jog": "runs", "jump": "jumps"}
_ANGLES = ("knee", "hip")
# How much the measured cut-offs may lose to one for all.
_MUST_FIXED_RATIO = 1.02
_FIXED_RULES = RepairRules(fixed_cutoff_hz=6.0)


@dataclass(frozen=True)
class _Errors:
    """Squared errors of one angle in one film, frame by frame; NaN = no angle."""

    angle_deg2: FloatArray
    rate_deg2_s2: FloatArray


def measure() -> list[Figure]:
    """Measure the errors of every kind of motion at every frame rate."""
    by_kind: dict[str, list[Motion]] = {}
    for motion in load_motions(find_shared_data()):
        if motion.name in TUNING_NAMES:
            continue
        by_kind.setdefault(_name_kind(motion), []).append(motion)
    figures = []
    for kind, motions in by_kind.items():
        figures.append(Figure(f"{kind}: recordings reported", len(motions), "count"))
        for frame_rate_hz in FRAME_RATES_HZ:
            figures += _measure_kind(kind, motions, frame_rate_hz)
    return figures


def _name_kind(motion: Motion) -> str:
    return next(kind for word, kind in _KINDS.items() if word in motion.name)


def _measure_kind(
    kind: str, motions: list[Motion], frame_rate_hz: float
) -> Iterator[Figure]:
    errors: dict[tuple[str, str], list[_Errors]] = {}
    for motion in motions:
        for seed in SEEDS:
            for (way, angle), found in _film_and_repair(
                motion, frame_rate_hz, seed
            ).items():
                errors.setdefault((way, angle), []).append(found)
    for angle in _ANGLES:
        title = f"{kind}, {frame_rate_hz:g} Hz, {angle}"
        for quantity, unit in (("angle_deg2", "deg"), ("rate_deg2_s2", "deg/s")):
            values = {
                way: _root_mean([getattr(e, quantity) for e in errors[way, angle]])
                for way in ("before", "fixed", "after")
            }
            what = "" if unit == "deg" else " rate"
            yield Figure(f"{title}{what}: before repair", values["before"], unit)
            yield Figure(f"{title}{what}: 6 Hz for all", values["fixed"], unit)
            yield Figure(
                f"{title}{what}: after repair",
                values["after"],
                unit,
                must=values["before"],
            )
            yield Figure(
                f"{title}{what}: after repair / 6 Hz for all",
                values["after"] / values["fixed"],
                "ratio",
                must=_MUST_FIXED_RATIO,
            )


def _film_and_repair(
    motion: Motion, frame_rate_hz: float, seed: int
) -> dict[tuple[str, str], _Errors]:
    truth = film_from_side(motion, frame_rate_hz)
    seen = see_with_network(truth, seed=seed).sequence
    ways = {"before": seen.positions_px}
    for way, rules in (("fixed", _FIXED_RULES), ("after", RepairRules())):
        ways[way] = repair_poses(
            seen.times_s, seen.positions_px, seen.confidence, rules
        ).positions_px
    true_deg = compute_angles_deg(truth.positions_px)
    true_rates = _compute_rates(truth.times_s, true_deg)
    angles_deg = {way: compute_angles_deg(p) for way, p in ways.items()}
    rates = {way: _compute_rates(truth.times_s, a) for way, a in angles_deg.items()}
    errors = {}
    for angle in _ANGLES:
        columns = [i for i, name in enumerate(_ANGLES * 2) if name == angle]
        off_deg = {
            way: wrap_deg(a[:, columns] - true_deg[:, columns])
            for way, a in angles_deg.items()
        }
        off_rate = {
            way: r[:, columns] - true_rates[:, columns] for way, r in rates.items()
        }
        is_common = _is_in_all(off_deg)
        is_common_rate = _is_in_all(off_rate)
        for way in ways:
            errors[way, angle] = _Errors(
                off_deg[way][is_common] ** 2, off_rate[way][is_common_rate] ** 2
            )
    return errors


def compute_angles_deg(positions_px: FloatArray) -> FloatArray:
    """Compute left knee, left hip, right knee and right hip flexion ``(T, 4)``.

    ``positions_px`` ``(T, J, 2)`` are of an athlete who looks to the right.
    """

    def point(name: str) -> FloatArray:
        return positions_px[:, KEYPOINT_INDEX[name]] * [1.0, -1.0]

    trunk_deg = compute_standing_angle_deg(point("hip"), point("neck"))
    columns = []
    for side in ("left", "right"):
        knee = point(f"{side}_knee")
        thigh_deg = compute_hanging_angle_deg(point(f"{side}_hip"), knee)
        shank_deg = compute_hanging_angle_deg(knee, point(f"{side}_ankle"))
        columns.append(compute_knee_flexion_deg(thigh_deg, shank_deg))
        columns.append(compute_hip_flexion_deg(thigh_deg, trunk_deg))
    return np.stack(columns, axis=1)


def _compute_rates(times_s: FloatArray, angles_deg: FloatArray) -> FloatArray:
    columns = [
        unwrap_deg(angles_deg[:, column]) for column in range(angles_deg.shape[1])
    ]
    return compute_rates(times_s, np.stack(columns, axis=1))


def _is_in_all(values: dict[str, FloatArray]) -> FloatArray:
    return np.asarray(np.isfinite(np.stack(list(values.values()))).all(axis=0))


def _root_mean(squares: list[FloatArray]) -> float:
    return float(np.sqrt(np.mean(np.concatenate(squares))))
