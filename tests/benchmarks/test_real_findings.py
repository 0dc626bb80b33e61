import numpy as np
import pytest

from benchmarks.kismam.real_findings import assess_frames, compute_squat_angles
from sportsgpt_lib.kismam.batch import BatchAssessment
from sportsgpt_lib.sports.loader import load_movement

SQUAT = load_movement("squat")
ISSUES = [issue.name for issue in SQUAT.issues]
# A body from the side that looks to the right, in heights of the picture, y downwards:
# standing, and with level thighs and shins and trunk that lean forward.
JOINTS = {
    "nose": ([0.56, 0.60], [0.10, 0.36]),
    "shoulder": ([0.50, 0.52], [0.20, 0.46]),
    "hip": ([0.50, 0.32], [0.50, 0.70]),
    "knee": ([0.50, 0.57], [0.70, 0.70]),
    "ankle": ([0.50, 0.50], [0.90, 0.90]),
}


def build_frames(*, is_mirrored: bool) -> dict[str, np.ndarray]:
    frames = {}
    for joint, (across, down) in JOINTS.items():
        points = np.column_stack([across, down])
        points[:, 0] = 1.0 - points[:, 0] if is_mirrored else points[:, 0]
        for name in [joint] if joint == "nose" else [f"left_{joint}", f"right_{joint}"]:
            frames[name] = points
    return frames


def assess(keyframe: str, view: str) -> BatchAssessment:
    curves = compute_squat_angles(build_frames(is_mirrored=False))
    return assess_frames(SQUAT, curves, (keyframe, "both"), view)


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_angles_of_a_frame_are_those_of_the_body_whichever_way_it_looks(
    *, is_mirrored: bool
) -> None:
    curves = compute_squat_angles(build_frames(is_mirrored=is_mirrored))
    shin = np.degrees(np.arctan2(0.07, 0.20))
    np.testing.assert_allclose(curves["left_thigh_angle"], [0.0, 90.0], atol=1e-9)
    np.testing.assert_allclose(curves["left_shank_angle"], [0.0, -shin], atol=1e-9)
    np.testing.assert_allclose(curves["left_knee_flexion"], [0.0, 90.0 + shin])
    lean = np.degrees(np.arctan2(0.20, 0.24))
    np.testing.assert_allclose(curves["trunk_lean"], [0.0, lean], atol=1e-9)


def test_standing_taken_as_the_lowest_point_is_too_shallow_and_a_squat_is_not() -> None:
    found = assess("bottom", "sagittal")
    reported = found.issues.is_reported[:, ISSUES.index("too_shallow")]
    assert reported.tolist() == [True, False]


def test_a_squat_taken_as_the_finish_stops_early_and_standing_does_not() -> None:
    found = assess("finish", "sagittal")
    reported = found.issues.is_reported[:, ISSUES.index("stops_early")]
    assert reported.tolist() == [False, True]


def test_frames_from_the_front_are_not_judged() -> None:
    assert np.isnan(assess("bottom", "frontal").issues.probability).all()
