from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.kinematics.quantities import compute_quantities
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.model_figure import build_model_figure

ANGLES = {
    "trunk_lean": 12.0,
    "left_thigh_angle": 40.0,
    "left_knee_flexion": 55.0,
    "right_thigh_angle": -15.0,
    "right_knee_flexion": 20.0,
    "left_ankle_dorsiflexion": 4.0,
    "right_foot_angle": -30.0,
    "left_shoulder_flexion": 30.0,
    "left_elbow_flexion": 70.0,
    "right_shoulder_flexion": -25.0,
    "right_elbow_flexion": 35.0,
}


def measure(figure):
    positions = np.repeat(figure.positions_px[None] + 500.0, 5, axis=0)
    confidence = np.ones(positions.shape[:2])
    times_s = np.arange(5) / 30.0
    poses = PoseSequence(times_s, positions, confidence, None, 1000, 1000)
    return compute_quantities(replace(poses))


@pytest.mark.parametrize("forward_sign", [1, -1])
def test_figure_has_the_angles_it_was_set_to(forward_sign):
    figure = build_model_figure(ANGLES, stature_px=400.0, forward_sign=forward_sign)
    measured = measure(figure)
    assert measured.facing.sign == forward_sign
    found = {name: measured.values[name][2] for name in ANGLES}
    assert found == pytest.approx(ANGLES, abs=1e-6)
    assert figure.is_trunk_known


def test_stature_of_the_figure_is_that_of_an_average_body():
    figure = build_model_figure(ANGLES, stature_px=400.0, forward_sign=1)
    assert measure(figure).stature_px == pytest.approx(400.0)


def test_what_the_model_does_not_carry_is_not_drawn():
    angles = {"left_thigh_angle": 40.0, "right_knee_flexion": 20.0}
    figure = build_model_figure(angles, stature_px=400.0, forward_sign=1)
    seen = np.isfinite(figure.positions_px).all(axis=1).sum()
    # Hip, neck, head, both hips and shoulders, and the one knee.
    assert seen == 8
    assert not figure.is_trunk_known


def test_thigh_follows_from_hip_and_trunk_only_where_both_are_known():
    both = {"left_hip_flexion": 50.0, "trunk_lean": 10.0}
    for angles, count in ((both, 8), ({"left_hip_flexion": 50.0}, 7)):
        figure = build_model_figure(angles, stature_px=400.0, forward_sign=1)
        assert np.isfinite(figure.positions_px).all(axis=1).sum() == count
