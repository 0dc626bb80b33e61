"""Metres, floor and camera roll, beside the truth: motion capture, made-up cameras.

Motion capture is filmed from 4 to 15 m, from a height of 0.7 to 1.4 m, by cameras that
are rolled by up to 15 degrees, not quite level and not quite square to the path, and is
seen with the noise of ``side_camera.py``. A pole of 2 m and a distance of 3 m are
marked with a hand's errors, up to 0.4 m off the path.

Real are the bodies, their ways and how they stand. Cameras, marks and jitter are drawn,
some of them as the stated errors assume them, so coverage is partly circular: it tests
how the parts are put together and what they leave out, not whether the parts are as
large in the field. What is drawn as assumed is in ``_ASSUMED``, and in every note.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.figures import Figure
from benchmarks.pose.motions import Motion, find_shared_data, load_motions
from benchmarks.pose.side_camera import SightRules, see_with_network
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_segments import (
    SHANK_BODY_HEIGHTS,
    THIGH_BODY_HEIGHTS,
)
from sportsgpt_lib.kinematics.camera_geometry import (
    CameraGeometry,
    FilmingFacts,
    estimate_camera_geometry,
)
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.session.calibration import Calibration

_SIZE_PX = (1920, 1080)
_FOCAL_PX = 1450.0
_RATE_HZ = 60.0
_DISTANCES_M = (4.0, 6.0, 10.0, 15.0)
_ROLLS_DEG = (-15.0, -8.0, -2.0, 0.0, 4.0, 11.0)
_CLICK_PX = 2.0
_OFF_PLANE_M = 0.4
_LEAST_FRAMES = 30
_STEADY = replace(SightRules(), swaps_per_s=0.0, outlier_share=0.0, losses_per_s=0.0)
_ASSUMED = {
    "athlete_height": "proportions and stated height are drawn as assumed (4.3 %, "
    "15 mm); jitter and the view are not",
    "calibration_object": "marks are drawn as assumed (2 px); the distance off the "
    "plane (0.4 m at most, 0.25 m assumed) and the pitch (3 deg) resemble it",
    "known_distance": "marks are drawn as assumed (2 px); the distance off the plane "
    "(0.4 m at most, 0.25 m assumed) and the pitch (3 deg) resemble it",
    "floor_line": "the floor is level, which 1 deg of the stated error is for; the "
    "camera's height resembles what is assumed",
    "plumb_object": "marks are drawn as assumed (2 px); the pole is plumb, which 0.5 "
    "deg is for; the pitch is drawn at 3 deg, assumed at 5",
}
_SEXES = 0.031  # to either side of the mean proportions, de Leva 1996
_WITHIN_SEX = 0.03


@dataclass(frozen=True)
class _Camera:
    """A pinhole at a distance from the path's middle; angles in degrees."""

    distance_m: float
    height_m: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float

    def project(self, points_m: FloatArray) -> FloatArray:
        """Project forward, up, towards-the-camera ``(..., 3)`` into the picture."""
        along, up, near = np.moveaxis(points_m, -1, 0)
        yaw, pitch = np.radians(self.yaw_deg), np.radians(self.pitch_deg)
        x = along * np.cos(yaw) + near * np.sin(yaw)
        depth = self.distance_m - near * np.cos(yaw) + along * np.sin(yaw)
        y = self.height_m - up
        depth, y = (
            depth * np.cos(pitch) - y * np.sin(pitch),
            y * np.cos(pitch) + depth * np.sin(pitch),
        )
        # A camera turned clockwise turns its picture back.
        roll = np.radians(self.roll_deg)
        x, y = x * np.cos(roll) + y * np.sin(roll), y * np.cos(roll) - x * np.sin(roll)
        centre_px = np.array(_SIZE_PX) / 2.0
        return np.asarray(
            _FOCAL_PX * np.stack([x, y], axis=-1) / depth[..., np.newaxis] + centre_px
        )


@dataclass(frozen=True)
class _Filmed:
    """One motion before one camera, with what is really so."""

    sequence: PoseSequence
    camera: _Camera
    true_m_per_px: float
    leg_m: float


@dataclass(frozen=True)
class _Error:
    """A relative error of scale or an error of roll, beside its stated uncertainty."""

    method: str
    value: float
    stated: float


def measure() -> list[Figure]:
    """Measure errors of scale and roll, and how often the stated ones cover them."""
    chance = np.random.default_rng(3)
    scales: list[_Error] = []
    rolls: list[_Error] = []
    alarms = 0
    films = list(_film_all(chance))
    for filmed in films:
        still = _estimate(filmed, None, None)
        alarms += not still.is_across_known
        rolls += _read_roll(still, filmed)
        for geometry in _measure_with_lengths(filmed, chance):
            rolls += [
                e for e in _read_roll(geometry, filmed) if e.method == "plumb_object"
            ]
            scales += _read_scale(geometry, filmed)
    return [
        *_summarise("scale", "%", 100.0, scales),
        *_summarise("roll", "deg", 1.0, rolls),
        Figure(
            "false alarms of a moving camera", 100.0 * alarms / len(films), "%", 2.0
        ),
        Figure(
            "moving cameras found",
            _share_of_pans_found(films),
            "%",
            80.0,
            90.0,
            is_at_least=True,
        ),
    ]


def _film_all(chance: np.random.Generator) -> Iterator[_Filmed]:
    for motion in load_motions(find_shared_data()):
        for distance_m in _DISTANCES_M:
            for roll_deg in _ROLLS_DEG:
                camera = _Camera(
                    distance_m=distance_m,
                    height_m=chance.uniform(0.7, 1.4),
                    yaw_deg=chance.normal(0.0, 4.0),
                    pitch_deg=chance.normal(0.0, 3.0),
                    roll_deg=roll_deg,
                )
                filmed = _film(motion, camera, int(chance.integers(2**31)))
                if filmed is not None:
                    yield filmed


def _film(motion: Motion, camera: _Camera, seed: int) -> _Filmed | None:
    points_m = _lay_along_path(motion.resample(_RATE_HZ).points_m)
    positions_px = camera.project(points_m)
    with np.errstate(invalid="ignore"):
        is_out = ((positions_px < 0) | (positions_px >= _SIZE_PX)).any(axis=(1, 2))
    positions_px, points_m = positions_px[~is_out], points_m[~is_out]
    if len(positions_px) < _LEAST_FRAMES:
        return None
    truth = PoseSequence(
        times_s=np.arange(len(positions_px)) / _RATE_HZ,
        positions_px=positions_px,
        confidence=np.isfinite(positions_px[..., 0]).astype(np.float64),
        positions_m=None,
        width_px=_SIZE_PX[0],
        height_px=_SIZE_PX[1],
    )
    hip_m = points_m[:, KEYPOINT_INDEX["hip"]]
    aside_m = hip_m + np.array([0.01, 0.0, 0.0])
    step_px = np.linalg.norm(camera.project(aside_m) - camera.project(hip_m), axis=1)
    seen = see_with_network(truth, seed=seed, rules=_STEADY).sequence
    return _Filmed(
        seen, camera, float(np.median(0.01 / step_px)), _measure_leg_m(points_m)
    )


def _lay_along_path(points_m: FloatArray) -> FloatArray:
    """Turn x, up, z into along the path, up, towards the camera, from the middle."""
    hip_m = points_m[:, KEYPOINT_INDEX["hip"]]
    way = (hip_m[-1] - hip_m[0]) * [1.0, 0.0, 1.0]
    if np.linalg.norm(way) < 0.75:  # noqa: PLR2004 - in metres: no path
        sides = [KEYPOINT_INDEX[f"{side}_hip"] for side in ("right", "left")]
        across = (points_m[:, sides[0]] - points_m[:, sides[1]]).mean(axis=0)
        way = np.cross([0.0, 1.0, 0.0], across)
    way = way / np.linalg.norm(way)
    near = np.cross(way, [0.0, 1.0, 0.0])
    middle_m = (hip_m.min(axis=0) + hip_m.max(axis=0)) / 2 * [1.0, 0.0, 1.0]
    feet = [
        KEYPOINT_INDEX[f"{side}_{p}"]
        for side in ("left", "right")
        for p in ("ankle", "big_toe")
    ]
    floor_m = np.nanmin(points_m[:, feet, 1])
    from_middle_m = points_m - middle_m
    return np.stack(
        [from_middle_m @ way, points_m[..., 1] - floor_m, from_middle_m @ near], axis=-1
    )


def _measure_leg_m(points_m: FloatArray) -> float:
    lengths = [
        np.median(
            np.linalg.norm(
                points_m[:, KEYPOINT_INDEX[f"{side}_{a}"]]
                - points_m[:, KEYPOINT_INDEX[f"{side}_{b}"]],
                axis=1,
            )
        )
        for side in ("left", "right")
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    ]
    return float(np.sum(lengths) / 2)


def _measure_with_lengths(
    filmed: _Filmed, chance: np.random.Generator
) -> Iterator[CameraGeometry]:
    """Estimate with a pole, with a distance, and with the height, each alone."""
    off_m = chance.uniform(-_OFF_PLANE_M, _OFF_PLANE_M)
    x_m = chance.uniform(-1.0, 1.0)
    yield _estimate(
        filmed,
        _mark(filmed, chance, [[x_m, 0.0, off_m], [x_m, 2.0, off_m]], is_plumb=True),
        None,
    )
    yield _estimate(
        filmed,
        _mark(filmed, chance, [[-1.5, 0.0, off_m], [1.5, 0.0, off_m]], is_plumb=False),
        None,
    )
    sex = chance.choice([-_SEXES, _SEXES])
    share = (THIGH_BODY_HEIGHTS + SHANK_BODY_HEIGHTS) * (
        1.0 + sex + chance.normal(0.0, _WITHIN_SEX)
    )
    yield _estimate(filmed, None, filmed.leg_m / share + chance.normal(0.0, 0.015))


def _mark(
    filmed: _Filmed,
    chance: np.random.Generator,
    ends_m: list[list[float]],
    *,
    is_plumb: bool,
) -> Calibration | None:
    """Mark two points as a hand would; None where one lies outside the picture."""
    ends_px = filmed.camera.project(np.array(ends_m)) + chance.normal(
        0, _CLICK_PX, (2, 2)
    )
    shares = ends_px / _SIZE_PX
    if (shares < 0).any() or (shares > 1).any():
        return None
    return Calibration(
        kind="object" if is_plumb else "distance",
        start=tuple(shares[0]),
        end=tuple(shares[1]),
        length_m=float(np.linalg.norm(np.diff(ends_m, axis=0))),
        is_plumb=is_plumb,
    )


def _estimate(
    filmed: _Filmed, calibration: Calibration | None, height_m: float | None
) -> CameraGeometry:
    return estimate_camera_geometry(
        filmed.sequence.times_s,
        filmed.sequence.positions_px,
        FilmingFacts(*_SIZE_PX, "sagittal", height_m, calibration),
    )


def _read_scale(geometry: CameraGeometry, filmed: _Filmed) -> Iterator[_Error]:
    if geometry.scale_m_per_px is not None and geometry.scale_error_ratio is not None:
        yield _Error(
            geometry.scale_method,
            geometry.scale_m_per_px / filmed.true_m_per_px - 1.0,
            geometry.scale_error_ratio,
        )


def _read_roll(geometry: CameraGeometry, filmed: _Filmed) -> Iterator[_Error]:
    if (
        geometry.camera_roll_deg is not None
        and geometry.camera_roll_error_deg is not None
    ):
        yield _Error(
            geometry.roll_method,
            geometry.camera_roll_deg - filmed.camera.roll_deg,
            geometry.camera_roll_error_deg,
        )


def _share_of_pans_found(films: list[_Filmed]) -> float:
    """Let the camera follow travellers at their mean speed: the share noticed."""
    found = []
    for filmed in films:
        positions_px = filmed.sequence.positions_px
        times_s = filmed.sequence.times_s
        hip_px = positions_px[:, KEYPOINT_INDEX["hip"], 0]
        height_px = np.nanmax(positions_px[0, :, 1]) - np.nanmin(positions_px[0, :, 1])
        if np.ptp(hip_px) < 2.0 * height_px:
            continue
        panned_px = positions_px.copy()
        pan_px = np.polyval(np.polyfit(times_s, hip_px, 1), times_s)
        panned_px[..., 0] -= pan_px[:, np.newaxis]
        panned = replace(filmed.sequence, positions_px=panned_px)
        still = _estimate(replace(filmed, sequence=panned), None, None)
        found.append(not still.is_across_known)
    return 100.0 * float(np.mean(found))


def _summarise(
    what: str, unit: str, factor: float, errors: list[_Error]
) -> Iterator[Figure]:
    for method in sorted({error.method for error in errors}):
        own = [error for error in errors if error.method == method]
        values = np.array([error.value for error in own])
        stated = np.array([error.stated for error in own])
        words = method.replace("_", " ")
        note = f"{len(own)} films; {_ASSUMED[method]}"
        rms = factor * float(np.sqrt(np.mean(values**2)))
        yield Figure(f"{what} by {words}: error", rms, f"{unit} rms", note=note)
        yield Figure(
            f"{what} by {words}: stated", factor * float(np.median(stated)), unit
        )
        covered = 100.0 * float(np.mean(np.abs(values) <= 2.0 * stated))
        yield Figure(
            f"{what} by {words}: within 2 stated errors",
            covered,
            "%",
            90.0,
            95.0,
            is_at_least=True,
            note=f"partly circular: {_ASSUMED[method]}",
        )
