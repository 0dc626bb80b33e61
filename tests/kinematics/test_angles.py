import numpy as np
import pytest

from sportsgpt_lib.kinematics import angles


def _point(forward, up):
    return np.array([[forward, up]])


@pytest.mark.parametrize(
    ("distal", "expected_deg"),
    [
        ((0, -1), 0.0),
        ((1, -1), 45.0),
        ((-1, -1), -45.0),
        ((1, 0), 90.0),
        ((0, 1), -180.0),
    ],
)
def test_a_hanging_segment_counts_from_straight_down_forward_positive(
    distal, expected_deg
):
    found = angles.compute_hanging_angle_deg(_point(0, 0), _point(*distal))
    assert found == pytest.approx([expected_deg])


def test_trunk_and_foot_count_forward_and_toes_up_as_positive():
    lean = angles.compute_standing_angle_deg(_point(0, 0), _point(1, np.sqrt(3)))
    foot = angles.compute_level_angle_deg(_point(0, 0), _point(np.sqrt(3), 1))
    assert lean == pytest.approx([30.0])
    assert foot == pytest.approx([30.0])


def test_joint_angles_are_zero_standing_and_positive_when_bent():
    zero, bent = np.array([0.0]), np.array([60.0])
    assert angles.compute_knee_flexion_deg(zero, zero) == 0.0
    assert angles.compute_knee_flexion_deg(zero, -bent) == 60.0
    assert angles.compute_hip_flexion_deg(zero, zero) == 0.0
    assert angles.compute_hip_flexion_deg(bent, zero) == 60.0
    assert angles.compute_hip_flexion_deg(-bent, bent) == 0.0
    assert angles.compute_ankle_dorsiflexion_deg(zero, zero) == 0.0
    assert angles.compute_ankle_dorsiflexion_deg(-bent, zero) == 60.0
    assert angles.compute_elbow_flexion_deg(zero, bent) == 60.0
    assert angles.compute_shoulder_flexion_deg(-bent, zero) == -60.0


def test_a_full_knee_bend_in_a_somersault_has_no_jump():
    turn_deg = np.linspace(0.0, 720.0, 400)
    flexion_deg = np.linspace(0.0, 150.0, 400)
    thigh_deg = angles.wrap_deg(turn_deg)
    shank_deg = angles.wrap_deg(turn_deg - flexion_deg)
    found = angles.compute_knee_flexion_deg(thigh_deg, shank_deg)
    np.testing.assert_allclose(found, flexion_deg, atol=1e-9)


def test_a_missing_end_or_a_segment_without_length_gives_nan():
    assert np.isnan(angles.compute_hanging_angle_deg(_point(0, 0), _point(np.nan, 0)))
    assert np.isnan(angles.compute_hanging_angle_deg(_point(1, 2), _point(1, 2)))
