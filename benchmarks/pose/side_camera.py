"""What a camera at the side, and a network behind it, would give of a known motion.

For any benchmark that needs poses whose truth is known::

    from benchmarks.pose.motions import find_shared_data, load_motions
    from benchmarks.pose.side_camera import film_from_side, see_with_network

    for motion in load_motions(find_shared_data()):
        truth = film_from_side(motion, frame_rate_hz=60.0)  # a PoseSequence, no noise
        seen = see_with_network(truth, seed=1)  # SeenPoses
        seen.sequence.positions_px, seen.sequence.confidence, seen.is_swapped

``truth`` and ``seen.sequence`` have the same frames, times and size of picture;
keypoints that the recording lacks are NaN with confidence 0 in both. ``SightRules``
sets the faults: ``replace(SightRules(), swaps_per_s=0.0)`` leaves swaps out.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from benchmarks.pose.motions import Motion
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import estimate_stature_px
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

BoolArray = npt.NDArray[np.bool_]

_TRAVELS_M = 0.75  # less is no path to stand beside


@dataclass(frozen=True)
class SideCamera:
    """A camera square to the path, on the athlete's right, without distortion.

    The defaults are a phone's main camera (67 degrees across) on a stand: an athlete of
    1.75 m is about 420 px tall.
    """

    distance_m: float = 6.0
    height_m: float = 1.0
    width_px: int = 1920
    height_px: int = 1080
    focal_px: float = 1450.0


@dataclass(frozen=True)
class SightRules:
    """How a network errs, as shares of the athlete's stature, per axis and point.

    ``slow_ratio`` wanders with the time constant ``slow_s``, ``frame_ratio`` is new in
    every frame. Both were read off the demo clip's walker (30 Hz, mediapipe): there the
    length of a segment in the picture, which hardly changes from the side, scatters
    about its running median by 0.8 % of stature per point at thigh and shank and 1.1 %
    at the foot, with a correlation of 0.4 to 0.8 from frame to frame that dies in 0.06
    to 0.1 s; its second difference bounds the part that is new in every frame by 0.3 %
    at hip and knee, 0.5 % at the ankle and 0.7 to 1.0 % at the foot. The far leg
    scatters 1.1 to 1.3 times as much. How often points are lost, far off or exchanged
    is chosen.
    """

    slow_s: float = 0.07
    slow_ratio: dict[str, float] = field(
        default_factory=lambda: {"ankle": 0.008, "heel": 0.009, "toe": 0.009}
    )
    slow_otherwise_ratio: float = 0.007
    frame_ratio: dict[str, float] = field(
        default_factory=lambda: {"ankle": 0.005, "heel": 0.007, "toe": 0.007}
    )
    frame_otherwise_ratio: float = 0.003
    far_side_factor: float = 1.2
    outlier_share: float = 0.01
    outlier_ratio: float = 0.12
    losses_per_s: float = 0.3
    mean_loss_s: float = 0.07
    swaps_per_s: float = 0.3
    mean_swap_s: float = 0.08


@dataclass(frozen=True)
class SeenPoses:
    """Poses as a network would give them, and what is wrong with them.

    ``is_swapped`` ``(T,)`` marks frames in which the legs are exchanged; ``is_outlier``
    and ``is_lost`` ``(T, J)`` mark points far off, and points missing or doubted; both
    name the points as they were before the exchange.
    """

    sequence: PoseSequence
    is_swapped: BoolArray
    is_outlier: BoolArray
    is_lost: BoolArray


def film_from_side(
    motion: Motion, frame_rate_hz: float, camera: SideCamera | None = None
) -> PoseSequence:
    """Project a motion into a camera at its side.

    Returns
    -------
    The frames in which the whole body is in the picture, from time 0, confidence 1; the
    athlete goes, or looks, to the right.
    """
    camera = camera or SideCamera()
    sampled = motion.resample(frame_rate_hz)
    forward, right = _find_directions(sampled.points_m)
    hip_m = sampled.points_m[:, KEYPOINT_INDEX["hip"]]
    centre_m = (hip_m.min(axis=0) + hip_m.max(axis=0)) / 2
    from_centre_m = sampled.points_m - centre_m
    depth_m = camera.distance_m - from_centre_m @ right
    x_px = camera.width_px / 2 + camera.focal_px * (from_centre_m @ forward) / depth_m
    below_m = camera.height_m - sampled.points_m[:, :, 1]
    y_px = camera.height_px / 2 + camera.focal_px * below_m / depth_m
    positions_px = np.stack([x_px, y_px], axis=2)  # (T, J, 2)
    is_known = np.isfinite(x_px)
    is_outside = (x_px < 0) | (x_px >= camera.width_px)
    is_outside |= (y_px < 0) | (y_px >= camera.height_px)
    is_whole = ~(is_outside & is_known).any(axis=1)
    return PoseSequence(
        times_s=np.arange(np.count_nonzero(is_whole)) / frame_rate_hz,
        positions_px=positions_px[is_whole],
        confidence=is_known[is_whole].astype(np.float64),
        positions_m=None,
        width_px=camera.width_px,
        height_px=camera.height_px,
    )


def see_with_network(
    truth: PoseSequence, *, seed: int, rules: SightRules | None = None
) -> SeenPoses:
    """Add what a network gets wrong: jitter, lost points, outliers and leg swaps."""
    rules = rules or SightRules()
    chance = np.random.default_rng(seed)
    times_s = truth.times_s
    interval_s = float(times_s[-1] / (times_s.size - 1))
    points = _err_point_by_point(chance, truth, interval_s, rules)
    is_swapped = _draw_bursts(
        chance, times_s.size, interval_s, rules.swaps_per_s, rules.mean_swap_s
    )
    _swap_legs(points.positions_px, is_swapped)
    _swap_legs(points.confidence, is_swapped)
    return SeenPoses(
        PoseSequence(
            times_s=times_s,
            positions_px=points.positions_px,
            confidence=points.confidence,
            positions_m=None,
            width_px=truth.width_px,
            height_px=truth.height_px,
        ),
        is_swapped,
        points.is_outlier & ~points.is_lost,
        points.is_lost,
    )


@dataclass(frozen=True)
class _Points:
    """Points as seen before legs are exchanged: ``(T, J, 2)``, the rest ``(T, J)``."""

    positions_px: FloatArray
    confidence: FloatArray
    is_outlier: BoolArray
    is_lost: BoolArray


def _err_point_by_point(
    chance: np.random.Generator,
    truth: PoseSequence,
    interval_s: float,
    rules: SightRules,
) -> _Points:
    """Add jitter, outliers and lost points; each draw has its place in the order."""
    stature_px = estimate_stature_px(truth.positions_px)
    is_known = np.isfinite(truth.positions_px[:, :, 0])
    shape = is_known.shape
    jitter_px = stature_px * _draw_jitter(chance, shape[0], interval_s, rules)
    confidence = chance.beta(20, 2, size=shape)
    is_outlier = is_known & (chance.random(shape) < rules.outlier_share)
    aim = chance.uniform(0.0, 2 * np.pi, shape)
    reach_px = stature_px * rules.outlier_ratio * chance.uniform(0.6, 2, shape)
    away_px = reach_px[..., None] * np.stack([np.cos(aim), np.sin(aim)], axis=2)
    jitter_px[is_outlier] += away_px[is_outlier]
    confidence[is_outlier] *= chance.uniform(0.1, 1.0, shape)[is_outlier]
    bursts = [
        _draw_bursts(
            chance, shape[0], interval_s, rules.losses_per_s, rules.mean_loss_s
        )
        for _ in KEYPOINTS
    ]
    is_lost = is_known & np.stack(bursts, axis=1)
    jitter_px[is_lost] += away_px[is_lost]
    confidence[is_lost] = chance.uniform(0.0, 0.19, shape)[is_lost]
    positions_px = truth.positions_px + jitter_px
    is_gone = is_lost & (chance.random(len(KEYPOINTS)) < 1 / 2)
    positions_px[is_gone] = np.nan
    confidence[is_gone | ~is_known] = 0.0
    return _Points(positions_px, confidence, is_outlier, is_lost)


def _find_directions(points_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Level unit vectors along the path, or as the athlete looks, and to the right."""
    hip_m = points_m[:, KEYPOINT_INDEX["hip"]]
    forward = hip_m[-1] - hip_m[0]
    forward[1] = 0.0
    up = np.array([0.0, 1.0, 0.0])
    if np.linalg.norm(forward) < _TRAVELS_M:
        across = (
            points_m[:, KEYPOINT_INDEX["right_hip"]]
            - points_m[:, KEYPOINT_INDEX["left_hip"]]
        ).mean(axis=0)
        forward = np.cross(up, across)
    forward /= np.linalg.norm(forward)
    return forward, np.cross(forward, up)


def _draw_jitter(
    chance: np.random.Generator, count: int, interval_s: float, rules: SightRules
) -> FloatArray:
    """Errors ``(T, J, 2)`` as shares of stature."""
    slow = np.array([_look_up(name, rules, is_slow=True) for name in KEYPOINTS])
    fresh = np.array([_look_up(name, rules, is_slow=False) for name in KEYPOINTS])
    kept = np.exp(-interval_s / rules.slow_s)
    draws = chance.normal(size=(count, len(KEYPOINTS), 2))
    wander = np.empty_like(draws)
    wander[0] = draws[0]
    for frame in range(1, count):
        wander[frame] = kept * wander[frame - 1] + np.sqrt(1 - kept**2) * draws[frame]
    new = chance.normal(size=draws.shape)
    return np.asarray(slow[:, None] * wander + fresh[:, None] * new)


def _look_up(name: str, rules: SightRules, *, is_slow: bool) -> float:
    table = rules.slow_ratio if is_slow else rules.frame_ratio
    other = rules.slow_otherwise_ratio if is_slow else rules.frame_otherwise_ratio
    ratio = next((value for part, value in table.items() if part in name), other)
    return ratio * (rules.far_side_factor if name.startswith("left") else 1.0)


def _draw_bursts(
    chance: np.random.Generator,
    count: int,
    interval_s: float,
    bursts_per_s: float,
    mean_s: float,
) -> BoolArray:
    is_hit = np.zeros(count, dtype=bool)
    for start in np.flatnonzero(chance.random(count) < bursts_per_s * interval_s):
        length = max(round(chance.exponential(mean_s) / interval_s), 1)
        is_hit[start : start + length] = True
    return is_hit


def _swap_legs(values: FloatArray, is_swapped: BoolArray) -> None:
    """Exchange left and right of hips, knees, ankles and feet in the marked frames."""
    parts = ("hip", "knee", "ankle", "heel", "big_toe", "small_toe")
    left = [KEYPOINT_INDEX[f"left_{part}"] for part in parts]
    right = [KEYPOINT_INDEX[f"right_{part}"] for part in parts]
    frames = np.flatnonzero(is_swapped)[:, None]
    values[frames, left + right] = values[frames, right + left]
