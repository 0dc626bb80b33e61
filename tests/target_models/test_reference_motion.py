import numpy as np
import pytest

from sportsgpt_lib.errors import AlignmentInputError
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.target_models.building import build_reference
from sportsgpt_lib.target_models.library import ReferenceLibrary
from sportsgpt_lib.target_models.reference_motion import to_reference_motion
from tests.target_models.recorded_stride import annotate, record_walk

WALKING = load_movement("walking_stride")
WEIGHTS = {
    "{side}_thigh_angle": 1.0,
    "{side}_knee_flexion": 0.5,
    "{side}_foot_angle": 0,
}


@pytest.fixture
def recorded(tmp_path):
    built = build_reference(annotate(tmp_path), WALKING, record_walk())
    library = ReferenceLibrary(tmp_path / "own")
    return library.add(WALKING, "club_stride", built.toml_text, built.csv_text)


def test_a_cycle_gets_the_names_of_its_own_and_the_other_leg(reference):
    left = to_reference_motion(reference, "left", WEIGHTS)
    right = to_reference_motion(reference, "right", WEIGHTS)
    assert left.motion.names[0] == "left_thigh_angle"
    assert left.motion.names[2] == "right_thigh_angle"
    assert right.motion.names[0] == "right_thigh_angle"
    np.testing.assert_array_equal(left.motion.angles_deg, right.motion.angles_deg)
    assert left.weights.tolist() == [1.0, 0.5, 1.0, 0.5]


def test_a_cycle_brings_context_of_its_neighbours(reference):
    motion = to_reference_motion(reference, "left", WEIGHTS)
    duration_s = reference.file.cycle_duration_s
    assert (motion.start_s, motion.end_s) == (0.0, duration_s)
    assert motion.motion.times_s[0] == pytest.approx(-0.15 * duration_s)
    assert motion.motion.times_s[-1] == pytest.approx(1.15 * duration_s)
    np.testing.assert_allclose(
        motion.motion.angles_deg[0],
        reference.sample_deg(np.array([0.85]))[0, [0, 1, 3, 4]],
    )


def test_keyframes_of_a_cycle_are_in_seconds(reference):
    marks = to_reference_motion(reference, "left", WEIGHTS).keyframes
    by_name = {(mark.name, mark.leg): mark for mark in marks}
    toe_off = by_name["toe_off", "own"]
    assert toe_off.time_s == pytest.approx(0.59 * 1.026)
    assert toe_off.spread_s == pytest.approx(0.02 * 1.026)
    assert by_name["next_foot_strike", "own"].time_s == 1.026


def test_a_cycle_needs_a_side(reference):
    with pytest.raises(AlignmentInputError, match="no side was named"):
        to_reference_motion(reference, "both", WEIGHTS)


def test_a_recording_keeps_its_rows_and_is_mirrored_for_the_other_side(recorded):
    left = to_reference_motion(recorded, "left", WEIGHTS)
    right = to_reference_motion(recorded, "right", WEIGHTS)
    np.testing.assert_array_equal(left.motion.times_s, recorded.times_s)
    swapped = {"left": "right", "right": "left"}
    assert right.motion.names == tuple(
        f"{swapped[name.split('_')[0]]}_{name.split('_', 1)[1]}"
        for name in left.motion.names
    )
    np.testing.assert_array_equal(left.motion.angles_deg, right.motion.angles_deg)
    assert left.end_s == pytest.approx(1.2, abs=1e-4)
    assert to_reference_motion(recorded, "both", WEIGHTS).motion.names == (
        left.motion.names
    )


def test_quantities_without_a_weight_are_left_out(recorded):
    names = to_reference_motion(recorded, "left", WEIGHTS).motion.names
    assert {name.split("_", 1)[1] for name in names} == {"thigh_angle", "knee_flexion"}


def test_a_target_model_without_any_weight_is_refused(recorded):
    with pytest.raises(AlignmentInputError, match="none of its angles has a weight"):
        to_reference_motion(recorded, "left", {"trunk_lean": 1.0})
