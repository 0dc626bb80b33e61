import numpy as np
import pytest

from sportsgpt_lib.kinematics.camera_roll import UNKNOWN_ROLL_ERROR_DEG
from sportsgpt_lib.kismam.camera_errors import CameraErrors
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors
from tests.kismam.landing_athlete import build_landing

LANDING = load_movement("drop_landing")
KNOWN = CameraErrors(scale_error_ratio=0.05, stature_error_ratio=0.04)


def _in_metres():
    """The landing movement with its drop in metres instead of body heights."""
    indicators = [
        indicator.model_copy(
            update={
                "unit": "m",
                "rule": indicator.rule.model_copy(
                    update={"quantity": "centre_of_mass_height_m"}
                ),
            }
        )
        if indicator.name == "drop_height"
        else indicator
        for indicator in LANDING.indicators
    ]
    return LANDING.model_copy(update={"indicators": tuple(indicators)})


def _assess(name, camera, movement=LANDING, *, is_scaled=True):
    landing = build_landing(time_error_s=0.0)
    height = landing.signals["centre_of_mass_height"]
    if is_scaled:
        landing.signals["centre_of_mass_height_m"] = Signal(
            height.times_s, 1.75 * height.values
        )
    results = assess_repetition(
        movement, landing, "sagittal", load_measurement_errors(), camera
    )
    return {result.indicator.name: result for result in results}[name]


def test_a_value_in_metres_carries_the_error_of_the_scale():
    found = _assess("drop_height", KNOWN, _in_metres())
    pose = np.sqrt(2.0) * load_measurement_errors()["centre_of_mass_height_m"]
    assert found.value == pytest.approx(0.35, abs=0.01)
    assert found.error == pytest.approx(np.hypot(pose, 0.05 * 0.35), rel=0.01)


def test_without_a_scale_metres_are_not_measurable_for_the_stated_reason():
    unknown = CameraErrors(scale_reason="no height was stated")
    found = _assess("drop_height", unknown, _in_metres())
    assert found.validity == "not_measurable"
    assert found.reason == "there are no metres: no height was stated"
    assert np.isnan(found.value)


def test_what_limits_the_scale_limits_values_in_metres_only():
    doubtful = CameraErrors(scale_error_ratio=0.05, scale_reason="height disagrees")
    metres = _assess("drop_height", doubtful, _in_metres())
    assert (metres.validity, metres.reason) == ("limited", "height disagrees")
    assert _assess("drop_height", doubtful).validity == "valid"


def test_metres_that_the_view_hides_are_refused_with_the_scales_reason():
    hidden = CameraErrors(scale_error_ratio=0.05, scale_reason="the camera moved")
    found = _assess("drop_height", hidden, _in_metres(), is_scaled=False)
    assert found.validity == "not_measurable"
    assert "the camera moved" in found.reason


def test_a_value_in_body_heights_carries_the_error_of_a_body_height():
    plain = _assess("drop_height", CameraErrors())
    told = _assess("drop_height", KNOWN)
    assert told.value == plain.value
    assert told.error == pytest.approx(np.hypot(plain.error, 0.04 * abs(plain.value)))


def test_roll_adds_to_angles_against_the_vertical_and_to_no_joint_angle():
    rolled = CameraErrors(roll_error_deg=3.0)
    plain = _assess("trunk_lean_at_deepest", CameraErrors(roll_error_deg=0.0))
    told = _assess("trunk_lean_at_deepest", rolled)
    assert told.error == pytest.approx(np.hypot(plain.error, 3.0))
    knee = _assess("peak_knee_flexion", rolled)
    assert knee.error == _assess("peak_knee_flexion", CameraErrors()).error


def test_an_unknown_roll_costs_more_than_any_known_one():
    unknown = _assess("trunk_lean_at_deepest", CameraErrors())
    known = _assess("trunk_lean_at_deepest", CameraErrors(roll_error_deg=1.1))
    assert unknown.error > known.error
    pose_error_deg = load_measurement_errors()["trunk_lean"]
    assert unknown.error == pytest.approx(
        np.hypot(pose_error_deg, UNKNOWN_ROLL_ERROR_DEG)
    )
