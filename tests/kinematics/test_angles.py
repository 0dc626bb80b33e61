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


def test_a_segment_that_turns_over_is_followed_past_half_a_turn():
    times_s = np.arange(120) / 60.0
    turned_deg = np.linspace(-20.0, 700.0, 120)
    wrapped_deg = angles.wrap_deg(turned_deg)
    wrapped_deg[40:43] = np.nan
    found_deg = angles.follow_turns_deg(times_s, wrapped_deg)
    seen = np.isfinite(wrapped_deg)
    np.testing.assert_array_equal(np.isfinite(found_deg), seen)
    whole_turns = (found_deg - turned_deg)[seen] / 360.0
    np.testing.assert_allclose(whole_turns, whole_turns.round()[0], atol=1e-9)
    assert -180.0 <= np.nanmedian(found_deg) < 180.0


def test_a_keypoint_that_jumps_about_adds_no_turns_to_what_follows():
    times_s = np.arange(60) / 30.0
    true_deg = 10.0 * np.sin(times_s)
    jumping_deg = true_deg.copy()
    jumping_deg[20:23] = [170.0, -100.0, -20.0]
    found_deg = angles.follow_turns_deg(times_s, jumping_deg)
    np.testing.assert_allclose(found_deg[:20], true_deg[:20], atol=1e-9)
    np.testing.assert_allclose(found_deg[23:], true_deg[23:], atol=1e-9)


def test_a_long_gap_hides_how_often_a_segment_turned():
    times_s = np.arange(60) / 30.0
    turned_deg = 300.0 * times_s
    wrapped_deg = angles.wrap_deg(turned_deg)
    wrapped_deg[20:40] = np.nan
    found_deg = angles.follow_turns_deg(times_s, wrapped_deg)
    np.testing.assert_allclose(found_deg[:20], turned_deg[:20])
    assert -180.0 <= np.median(found_deg[40:]) < 180.0
    assert np.isnan(angles.follow_turns_deg(times_s, np.full(60, np.nan))).all()


@pytest.mark.parametrize("start_s", np.arange(0.0, 2.0, 0.1))
def test_a_gap_of_a_tenth_of_a_second_is_followed_whenever_it_comes(start_s):
    times_s = start_s + np.arange(60) / 30.0
    turned_deg = 300.0 * (times_s - start_s)
    wrapped_deg = angles.wrap_deg(turned_deg)
    wrapped_deg[[20, 21]] = np.nan
    steps_deg = np.diff(angles.follow_turns_deg(times_s, wrapped_deg)[[19, 22]])
    np.testing.assert_allclose(steps_deg, 30.0)


def test_whole_turns_leave_an_angle_within_half_a_turn():
    found = [angles.find_whole_turns_deg(at) for at in (-540.0, -181.0, 179.0, 180.0)]
    assert found == [-360.0, -360.0, 0.0, 360.0]
    assert np.isnan(angles.find_whole_turns_deg(np.nan))
