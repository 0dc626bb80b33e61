from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.alignment.motion import KeyframeMark, Motion
from sportsgpt_lib.errors import AlignmentInputError
from tests.alignment.made_up_action import build_reference

TIMES_S = np.arange(5) / 60.0
ANGLES_DEG = np.arange(10.0).reshape(5, 2)


def test_a_motion_keeps_what_it_was_given():
    motion = Motion(("a", "b"), TIMES_S, ANGLES_DEG)
    assert motion.frame_count == 5
    assert motion.angles_deg is ANGLES_DEG


@pytest.mark.parametrize(
    ("names", "times_s", "angles_deg", "said"),
    [
        (("a",), TIMES_S, ANGLES_DEG, "one name per column"),
        (("a", "b"), TIMES_S[:4], ANGLES_DEG, "one name per column"),
        (("a", "b"), TIMES_S[:0], ANGLES_DEG[:0], "holds no angle"),
        (("a", "a"), TIMES_S, ANGLES_DEG, "names stand twice: a"),
        (("a", "b"), TIMES_S[::-1], ANGLES_DEG, "frame 1 is before"),
        (("a", "b"), np.zeros(5), ANGLES_DEG, "frame 1 equals"),
        (("a", "b"), TIMES_S * np.nan, ANGLES_DEG, "frame 0 is not finite"),
        (
            ("a", "b"),
            TIMES_S,
            np.where(ANGLES_DEG == 7.0, np.inf, ANGLES_DEG),
            "b is infinite at frame 3",
        ),
    ],
)
def test_a_motion_that_makes_no_sense_is_refused(names, times_s, angles_deg, said):
    with pytest.raises(AlignmentInputError, match=said):
        Motion(names, times_s, angles_deg)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start_s": -1.0}, "does not lie within the motion"),
        ({"end_s": 99.0}, "does not lie within the motion"),
        ({"start_s": 1.0, "end_s": 0.5}, "does not lie within the motion"),
        ({"weights": np.ones(3)}, "angles want"),
        ({"weights": np.zeros(6)}, "not all 0"),
        ({"weights": -np.ones(6)}, "not negative"),
        ({"keyframes": (KeyframeMark("a", "own", 5.0, 0.0),)}, "outside"),
        ({"keyframes": (KeyframeMark("a", "own", 1.0, -1.0),)}, "spread of -1"),
        ({"keyframes": 2 * (KeyframeMark("a", "own", 1.0, 0.0),)}, "stands twice"),
    ],
)
def test_a_reference_that_cannot_serve_is_refused(change, said):
    with pytest.raises(AlignmentInputError, match=said):
        replace(build_reference(), **change)


def test_a_reference_in_which_an_angle_is_missing_or_nothing_moves_is_refused():
    reference = build_reference()
    angles_deg = reference.motion.angles_deg.copy()
    angles_deg[:, 4] = np.nan
    lost = Motion(reference.motion.names, reference.motion.times_s, angles_deg)
    with pytest.raises(AlignmentInputError, match="trunk is seen in fewer"):
        replace(reference, motion=lost)
    still = Motion(
        reference.motion.names, reference.motion.times_s, np.ones_like(angles_deg)
    )
    with pytest.raises(AlignmentInputError, match="nothing moves"):
        replace(reference, motion=still)


def test_an_angle_that_weighs_nothing_may_be_missing():
    reference = build_reference()
    angles_deg = reference.motion.angles_deg.copy()
    angles_deg[:, 4] = np.nan
    lost = Motion(reference.motion.names, reference.motion.times_s, angles_deg)
    weights = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 1.0])
    assert replace(reference, motion=lost, weights=weights).duration_s == 2.0
