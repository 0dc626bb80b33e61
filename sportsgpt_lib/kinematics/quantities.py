"""From one athlete's poses to every named quantity of ``joint_kinematics``.

The names, units and signs are those of docs/angles.md. Formulas are in the modules
beside this one; events and tables live elsewhere.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.kinematics import angles
from sportsgpt_lib.kinematics.body_scale import (
    SIDES,
    Facing,
    compute_midpoint,
    estimate_stature_px,
    find_facing,
)
from sportsgpt_lib.kinematics.camera_motion import CameraMotion, find_camera_motion
from sportsgpt_lib.kinematics.camera_roll import turn_upright
from sportsgpt_lib.kinematics.centre_of_mass import compute_centre_of_mass
from sportsgpt_lib.kinematics.flight import find_flight
from sportsgpt_lib.kinematics.floor import (
    FloorLine,
    find_floor_line,
    find_ground_contact,
)
from sportsgpt_lib.kinematics.rates import compute_derivatives, unwrap_deg
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

_MINIMUM_FRAMES = 5

_SIDE_UNITS = {
    "knee_flexion": "deg",
    "hip_flexion": "deg",
    "ankle_dorsiflexion": "deg",
    "thigh_angle": "deg",
    "shank_angle": "deg",
    "foot_angle": "deg",
    "elbow_flexion": "deg",
    "shoulder_flexion": "deg",
    "ankle_height": "body_heights",
    "heel_height": "body_heights",
    "toe_height": "body_heights",
    "foot_forward": "body_heights",
    "heel_forward": "body_heights",
    "toe_forward": "body_heights",
    "toe_forward_of_centre_of_mass": "body_heights",
    "knee_forward_of_toe": "body_heights",
    "body_lean": "deg",
    "elbow_forward": "body_heights",
    "wrist_forward": "body_heights",
    "wrist_height": "body_heights",
    "ground_contact": "ratio",
    "foot_forward_m": "m",
}
_BODY_UNITS = {
    "trunk_lean": "deg",
    "hip_height": "body_heights",
    "hip_forward": "body_heights",
    "centre_of_mass_height": "body_heights",
    "centre_of_mass_forward": "body_heights",
    "centre_of_mass_forward_of_feet": "body_heights",
    "flight": "ratio",
    "flight_time": "s",
    "hip_height_m": "m",
    "hip_forward_m": "m",
    "centre_of_mass_height_m": "m",
    "centre_of_mass_forward_m": "m",
}
QUANTITY_UNITS: dict[str, str] = {
    **_BODY_UNITS,
    **{f"{side}_{name}": unit for side in SIDES for name, unit in _SIDE_UNITS.items()},
}
_METRES = "_m"
UNITS_WITH_RATES = ("deg", "body_heights", "m")
_SEGMENT_ANGLES = ("_lean", "_thigh_angle", "_shank_angle", "_foot_angle")
# What a picture that moves makes wrong: places along the way, and feet that stand.
_OF_STILL_PICTURE = ("hip_forward", "centre_of_mass_forward", "_ground_contact")


@dataclass(frozen=True)
class CameraReading:
    """What is known of the camera; None = not known.

    ``roll_deg`` is its turn around the view, clockwise; ``is_roll_from_floor`` tells
    that the floor line gave it. ``m_per_px`` is the scale in the athlete's plane.
    ``is_along_known`` is False where a distance along the way would look shorter by an
    unknown amount. ``motion`` is found from the feet where it is None.
    """

    roll_deg: float | None = None
    is_roll_from_floor: bool = False
    m_per_px: float | None = None
    is_along_known: bool = True
    motion: CameraMotion | None = None


UNKNOWN_CAMERA = CameraReading()


@dataclass(frozen=True)
class Quantities:
    """Every quantity of one recording, frame by frame.

    ``values``, ``rates_per_s`` and ``accelerations_per_s2`` map each name of
    ``QUANTITY_UNITS`` to ``(T,)``, NaN where a keypoint it needs is missing, and for
    what is counted or timed; they are by ``times_s``, which is that of the movement.
    ``floor`` is None where no foot was seen standing, and may be
    too steep for one: heights are then NaN. All quantities in metres are NaN where the
    scale is unknown, those along the way also where the view hides them, and places
    along the way where the camera moved.
    """

    times_s: FloatArray
    values: dict[str, FloatArray]
    rates_per_s: dict[str, FloatArray]
    accelerations_per_s2: dict[str, FloatArray]
    facing: Facing
    stature_px: float
    floor: FloorLine | None
    motion: CameraMotion


def compute_quantities(
    sequence: PoseSequence, camera: CameraReading = UNKNOWN_CAMERA
) -> Quantities:
    """Compute every angle, height and distance of an athlete seen from the side.

    Parameters
    ----------
    sequence
        The athlete's poses, at times of the movement, slow motion taken out; NaN = not
        seen.
    camera
        The camera's roll, which is taken out first, its scale and its motion.

    Returns
    -------
    All quantities, with forward as the way the athlete faces, so that a mirrored
    picture gives the same numbers with left and right exchanged.

    Raises
    ------
    PoseInputError
        There are fewer than five frames, a number is infinite, or no leg was ever seen.
    """
    _refuse_unusable(sequence)
    positions_px = turn_upright(
        sequence.positions_px,
        camera.roll_deg,
        (sequence.width_px, sequence.height_px),
    )
    stature_px = estimate_stature_px(positions_px)
    if not stature_px > 0.0:
        raise PoseInputError(
            "joint kinematics",
            "neither leg was seen whole in any frame",
            "film the whole body, feet included, from the side",
        )
    facing = find_facing(positions_px, stature_px)
    floor = find_floor_line(sequence.times_s, positions_px, stature_px)
    motion = camera.motion or find_camera_motion(
        sequence.times_s, positions_px, stature_px
    )
    behind_px = 0.0 if facing.sign > 0 else float(sequence.width_px)
    body = _turn_forward(positions_px, facing, behind_px, floor) / stature_px
    values = _compute_body_values(body)
    for side in SIDES:
        values.update(_compute_side_values(sequence.times_s, body, side))
    if floor is None or floor.is_too_steep:
        _drop(values, ("_height", "_ground_contact"))
    if motion.is_moving:
        _drop(values, _OF_STILL_PICTURE)
    _add_metres(values, camera, stature_px)
    rates, accelerations = _differentiate(sequence.times_s, values)
    values["flight"], values["flight_time"] = find_flight(
        sequence.times_s,
        values["left_ground_contact"],
        values["right_ground_contact"],
        accelerations["centre_of_mass_height"],
    )
    for name, series in values.items():
        if name.endswith(_SEGMENT_ANGLES):
            values[name] = angles.follow_turns_deg(sequence.times_s, series)
    return Quantities(
        times_s=sequence.times_s,
        values=values,
        rates_per_s=rates,
        accelerations_per_s2=accelerations,
        facing=facing,
        stature_px=stature_px,
        floor=floor,
        motion=motion,
    )


def _refuse_unusable(sequence: PoseSequence) -> None:
    if sequence.frame_count < _MINIMUM_FRAMES:
        raise PoseInputError(
            "joint kinematics",
            f"only {sequence.frame_count} frames hold the athlete",
            f"give at least {_MINIMUM_FRAMES} frames; widen the time window",
        )
    if np.isinf(sequence.positions_px).any():
        raise PoseInputError(
            "joint kinematics",
            "a keypoint lies at infinity",
            "write points that were not seen as NaN",
        )


def _turn_forward(
    positions_px: FloatArray, facing: Facing, behind_px: float, floor: FloorLine | None
) -> FloatArray:
    """Turn picture positions into forward of the edge behind, and up ``(T, J, 2)``."""
    level = floor if floor is not None else FloorLine(0.0, 0.0)
    forward_px = facing.sign * (positions_px[..., 0] - behind_px)
    return np.stack([forward_px, level.compute_heights_px(positions_px)], axis=-1)


def _compute_body_values(body: FloatArray) -> dict[str, FloatArray]:
    hip = compute_midpoint(body, "left_hip", "right_hip")
    centre = compute_centre_of_mass(body)
    return {
        "trunk_lean": _compute_trunk_lean_deg(body),
        "hip_height": hip[:, 1],
        "hip_forward": hip[:, 0],
        "centre_of_mass_height": centre[:, 1],
        "centre_of_mass_forward": centre[:, 0],
        "centre_of_mass_forward_of_feet": centre[:, 0] - _compute_mid_feet(body),
    }


def _compute_mid_feet(body: FloatArray) -> FloatArray:
    """Compute the place half-way from heel to toe, the mean of both feet ``(T,)``."""
    feet = [
        (body[:, KEYPOINT_INDEX[f"{side}_heel"], 0] + _choose_toe(body, side)[:, 0])
        for side in SIDES
    ]
    return (feet[0] + feet[1]) / (2.0 * len(feet))


def _compute_trunk_lean_deg(body: FloatArray) -> FloatArray:
    hip = compute_midpoint(body, "left_hip", "right_hip")
    shoulder = compute_midpoint(body, "left_shoulder", "right_shoulder")
    return angles.compute_standing_angle_deg(hip, shoulder)


def _compute_side_values(
    times_s: FloatArray, body: FloatArray, side: str
) -> dict[str, FloatArray]:
    def point(name: str) -> FloatArray:
        return body[:, KEYPOINT_INDEX[f"{side}_{name}"]]

    heel, toe, ankle = point("heel"), _choose_toe(body, side), point("ankle")
    hip_centre = compute_midpoint(body, "left_hip", "right_hip")
    centre = compute_centre_of_mass(body)
    wrist = point("wrist")
    trunk_deg = _compute_trunk_lean_deg(body)
    thigh_deg = angles.compute_hanging_angle_deg(point("hip"), point("knee"))
    shank_deg = angles.compute_hanging_angle_deg(point("knee"), ankle)
    foot_deg = angles.compute_level_angle_deg(heel, toe)
    arm_deg = angles.compute_hanging_angle_deg(point("shoulder"), point("elbow"))
    forearm_deg = angles.compute_hanging_angle_deg(point("elbow"), point("wrist"))
    named = {
        "knee_flexion": angles.compute_knee_flexion_deg(thigh_deg, shank_deg),
        "hip_flexion": angles.compute_hip_flexion_deg(thigh_deg, trunk_deg),
        "ankle_dorsiflexion": angles.compute_ankle_dorsiflexion_deg(
            shank_deg, foot_deg
        ),
        "thigh_angle": thigh_deg,
        "shank_angle": shank_deg,
        "foot_angle": foot_deg,
        "elbow_flexion": angles.compute_elbow_flexion_deg(arm_deg, forearm_deg),
        "shoulder_flexion": angles.compute_shoulder_flexion_deg(arm_deg, trunk_deg),
        "ankle_height": ankle[:, 1],
        "heel_height": heel[:, 1],
        "toe_height": toe[:, 1],
        "foot_forward": ankle[:, 0] - hip_centre[:, 0],
        "heel_forward": heel[:, 0] - hip_centre[:, 0],
        "toe_forward": toe[:, 0] - hip_centre[:, 0],
        "toe_forward_of_centre_of_mass": toe[:, 0] - centre[:, 0],
        "knee_forward_of_toe": point("knee")[:, 0] - toe[:, 0],
        "body_lean": angles.compute_standing_angle_deg(toe, centre),
        "elbow_forward": point("elbow")[:, 0] - hip_centre[:, 0],
        "wrist_forward": wrist[:, 0] - hip_centre[:, 0],
        "wrist_height": wrist[:, 1],
        "ground_contact": find_ground_contact(times_s, heel, toe, hip_centre),
    }
    return {f"{side}_{name}": values for name, values in named.items()}


def _choose_toe(body: FloatArray, side: str) -> FloatArray:
    """Take the big toe; the small toe only where a backend never gives the big one."""
    big_toe = body[:, KEYPOINT_INDEX[f"{side}_big_toe"]]
    if np.isfinite(big_toe).any():
        return big_toe
    return body[:, KEYPOINT_INDEX[f"{side}_small_toe"]]


def _drop(values: dict[str, FloatArray], endings: tuple[str, ...]) -> None:
    for name, series in values.items():
        if name.endswith(endings):
            values[name] = np.full_like(series, np.nan)


def _add_metres(
    values: dict[str, FloatArray], camera: CameraReading, stature_px: float
) -> None:
    """Add the quantities in metres; a body height drops out of them again."""
    m_per_body_height = np.nan
    if camera.m_per_px is not None:
        m_per_body_height = camera.m_per_px * stature_px
    for name, unit in QUANTITY_UNITS.items():
        if unit == "m":
            values[name] = values[name.removesuffix(_METRES)] * m_per_body_height
    if not camera.is_along_known:
        _drop(values, ("_forward_m",))


def _differentiate(
    times_s: FloatArray, values: dict[str, FloatArray]
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Compute rates and accelerations of all quantities; angles as they turn on."""
    names = [name for name in values if QUANTITY_UNITS[name] in UNITS_WITH_RATES]
    columns = [
        unwrap_deg(values[name]) if QUANTITY_UNITS[name] == "deg" else values[name]
        for name in names
    ]
    found = compute_derivatives(times_s, np.stack(columns, axis=1))  # (T, Q)
    return (
        _name_columns(names, found.rates_per_s),
        _name_columns(names, found.accelerations_per_s2),
    )


def _name_columns(names: list[str], columns: FloatArray) -> dict[str, FloatArray]:
    named = {name: columns[:, position] for position, name in enumerate(names)}
    missing = np.full(columns.shape[0], np.nan)
    return {name: named.get(name, missing) for name in QUANTITY_UNITS}
