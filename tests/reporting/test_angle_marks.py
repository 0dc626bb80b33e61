from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.kinematics.camera_roll import turn_upright
from sportsgpt_lib.kinematics.centre_of_mass import compute_centre_of_mass
from sportsgpt_lib.kinematics.quantities import compute_quantities
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.reporting.angle_marks import draw_angle, find_angle_mark
from sportsgpt_lib.sports.quantities import QUANTITY_UNITS
from tests.oracles.walking import build_walk
from tests.reporting.walking_figure import HEIGHT_PX, WIDTH_PX, build_poses

POSE = build_poses().positions_px[0]
SIDES = ("left", "right")
ANGLES = [name for name, unit in QUANTITY_UNITS.items() if unit == "deg"]


def angle_of(mark):
    baseline = mark.baseline_end - mark.vertex
    limb = mark.limb_end - mark.limb_start
    cosine = baseline @ limb / (np.linalg.norm(baseline) * np.linalg.norm(limb))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def move(changes):
    pose = POSE.copy()
    for name, position in changes.items():
        pose[KEYPOINT_INDEX[name]] = position
    return pose


@pytest.mark.parametrize("quantity", ANGLES)
def test_every_angle_of_the_contract_can_be_drawn(quantity):
    mark = find_angle_mark(quantity, POSE)
    assert mark is not None
    image = np.zeros((240, 320, 3), dtype=np.uint8)
    draw_angle(image, mark, 3)
    assert image.any()


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("quantity", ANGLES)
def test_drawn_angle_is_the_measured_one(quantity, is_mirrored):
    walk = build_walk().sequence
    if is_mirrored:
        mirrored = walk.positions_px * (-1.0, 1.0) + (walk.width_px, 0.0)
        walk = replace(walk, positions_px=mirrored)
    measured = compute_quantities(walk)
    sign = measured.facing.sign
    assert sign == (-1 if is_mirrored else 1)
    drawn = [
        find_angle_mark(quantity, pose, forward_sign=sign).drawn_deg
        for pose in walk.positions_px[10:60:10]
    ]
    np.testing.assert_allclose(drawn, measured.values[quantity][10:60:10], atol=1e-6)


def test_known_roll_of_the_camera_turns_the_vertical():
    level = find_angle_mark("trunk_lean", POSE, forward_sign=1)
    rolled = find_angle_mark("trunk_lean", POSE, forward_sign=1, roll_deg=5.0)
    upright = turn_upright(POSE, 5.0, (WIDTH_PX, HEIGHT_PX))
    wanted = find_angle_mark("trunk_lean", upright, forward_sign=1)
    assert rolled.drawn_deg == pytest.approx(wanted.drawn_deg)
    assert rolled.drawn_deg != pytest.approx(level.drawn_deg, abs=1.0)


@pytest.mark.parametrize("bend_deg", [0.0, 30.0, 75.0])
@pytest.mark.parametrize("facing", [1.0, -1.0])
def test_drawn_knee_angle_is_the_flexion(bend_deg, facing):
    bend = np.radians(bend_deg)
    shank = 40 * np.array([-facing * np.sin(bend), np.cos(bend)])
    pose = move(
        {
            "left_hip": (100, 60),
            "left_knee": (100, 100),
            "left_ankle": np.array([100, 100]) + shank,
        }
    )
    mark = find_angle_mark("left_knee_flexion", pose)
    assert angle_of(mark) == pytest.approx(bend_deg, abs=1e-5)


@pytest.mark.parametrize("facing", [1.0, -1.0])
def test_foot_at_right_angle_to_the_shank_is_drawn_as_zero(facing):
    pose = move(
        {
            "left_knee": (100, 60),
            "left_ankle": (100, 100),
            "left_heel": (100 - facing * 5, 105),
            "left_big_toe": (100 + facing * 20, 105),
        }
    )
    mark = find_angle_mark("left_ankle_dorsiflexion", pose)
    assert angle_of(mark) == pytest.approx(0.0, abs=1e-5)


def test_trunk_lean_is_drawn_from_the_vertical():
    ahead = 60 * np.tan(np.radians(20))
    pose = move(
        {
            **{f"{side}_hip": (100, 100) for side in SIDES},
            **{f"{side}_shoulder": (100 + ahead, 40) for side in SIDES},
        }
    )
    mark = find_angle_mark("trunk_lean", pose)
    assert angle_of(mark) == pytest.approx(20.0)
    assert mark.baseline_end[0] == pytest.approx(100.0)


@pytest.mark.parametrize("side", ["left", "right"])
def test_body_lean_is_drawn_from_over_the_toe_to_the_centre_of_mass(side):
    mark = find_angle_mark(f"{side}_body_lean", POSE)
    centre = compute_centre_of_mass(POSE[np.newaxis])[0]
    np.testing.assert_array_equal(mark.vertex, POSE[KEYPOINT_INDEX[f"{side}_big_toe"]])
    np.testing.assert_allclose(mark.limb_end, centre)
    across, up = centre - mark.vertex
    assert angle_of(mark) == pytest.approx(abs(np.degrees(np.arctan2(across, -up))))


@pytest.mark.parametrize(
    "quantity", ["hip_height", "left_foot_forward", "knee_flexion"]
)
def test_what_is_no_angle_of_one_limb_has_no_mark(quantity):
    assert find_angle_mark(quantity, POSE) is None


def test_unseen_keypoint_gives_no_mark():
    pose = move({"left_ankle": (np.nan, np.nan)})
    assert find_angle_mark("left_knee_flexion", pose) is None


def test_segment_without_length_gives_no_mark():
    pose = move({"left_hip": POSE[KEYPOINT_INDEX["left_knee"]]})
    assert find_angle_mark("left_knee_flexion", pose) is None
