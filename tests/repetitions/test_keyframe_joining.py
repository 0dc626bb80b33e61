import numpy as np
import pytest

from sportsgpt_lib.alignment.motion import KeyframeMark, Motion, ReferenceMotion
from sportsgpt_lib.alignment.motion_alignment import (
    AlignedRepetition,
    Alignment,
    SearchCurve,
    WarpPath,
)
from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.repetitions.event_models import FoundEvents
from sportsgpt_lib.repetitions.keyframe_joining import (
    join_repetition,
    name_event_repetition,
)
from sportsgpt_lib.repetitions.recording_alignment import SideAlignment
from sportsgpt_lib.repetitions.repetition import Keyframe, Repetition
from sportsgpt_lib.sports.loader import load_movement

NAMED = {part.name: part for part in load_movement("walking_stride").keyframes}
LANDING = {part.name: part for part in load_movement("drop_landing").keyframes}
AT = {
    ("foot_strike", "own"): 1.0,
    ("toe_off", "other"): 1.1,
    ("next_foot_strike", "own"): 2.0,
}


def join(keyframes_s, instants, *, named=NAMED, own_side="left", is_mirrored=False):
    times_s = np.array([0.0, 0.5, 1.0])
    reference = ReferenceMotion(
        "model",
        Motion(("left_knee_flexion",), times_s, np.array([[0.0], [9.0], [0.0]])),
        0.0,
        1.0,
        (KeyframeMark("foot_strike", "own", 0.0, 0.0),),
        np.ones(1),
    )
    aligned = AlignedRepetition(
        1.0,
        2.0,
        0.1,
        "model",
        1,
        is_mirrored,
        1.0,
        {key: Instant(time_s, 0.01) for key, time_s in keyframes_s.items()},
        WarpPath(times_s, times_s + 1.0),
    )
    curve = SearchCurve(times_s, times_s, 0.4)
    alignment = Alignment((aligned,), curve, None)
    search = SideAlignment(own_side, is_mirrored, (reference,), alignment)
    events = FoundEvents(
        {key: (Instant(time_s, 0.01),) for key, time_s in instants.items()}
    )
    repetition = join_repetition(search, aligned, events, named)
    return repetition and {
        (k.name, k.side): (k.method, k.instant.time_s) for k in repetition.keyframes
    }


def test_an_event_near_the_alignment_is_joined_and_others_are_not():
    found = join(AT, {("foot_strike", "left"): 1.02, ("toe_off", "left"): 1.1})
    assert found["foot_strike", "left"] == ("both", pytest.approx(1.01))
    assert found["toe_off", "right"] == ("alignment", pytest.approx(1.1))
    assert found["next_foot_strike", "left"] == ("alignment", pytest.approx(2.0))


@pytest.mark.parametrize("offset_s", [0.15, 0.25], ids=["too many errors", "too far"])
def test_an_event_too_far_away_is_another_one(offset_s):
    found = join(AT, {("next_foot_strike", "left"): 2.0 + offset_s})
    assert found["next_foot_strike", "left"] == ("alignment", pytest.approx(2.0))


def test_a_mirrored_repetition_has_its_keyframes_on_the_other_side():
    found = join(AT, {("foot_strike", "left"): 1.0}, is_mirrored=True)
    assert found["foot_strike", "right"][0] == "alignment"
    assert ("toe_off", "left") in found


def test_what_the_target_model_lacks_comes_from_the_one_event_inside():
    found = join(AT, {("toe_off", "left"): 1.6})
    assert found["toe_off", "left"] == ("event", 1.6)
    outside = join(AT, {("toe_off", "left"): 2.4})
    assert ("toe_off", "left") not in outside


def test_a_keyframe_of_the_own_leg_only_is_not_taken_from_the_other():
    found = join({("foot_strike", "own"): 1.0}, {("next_foot_strike", "right"): 1.5})
    assert set(found) == {("foot_strike", "left")}


def test_keyframes_that_the_movement_does_not_name_are_left_out():
    assert join({("apex", "own"): 1.5}, {("apex", "left"): 1.5}) is None


def test_a_keyframe_of_both_sides_has_no_leg():
    either = LANDING["take_off"].model_copy(update={"methods": ("alignment", "event")})
    found = join(
        {("take_off", "own"): 1.2},
        {("take_off", "both"): 1.2, ("initial_contact", "both"): 1.6},
        named=LANDING | {"take_off": either},
        own_side="both",
    )
    assert found == {
        ("take_off", "both"): ("both", pytest.approx(1.2)),
        ("initial_contact", "both"): ("event", 1.6),
    }


def test_a_method_that_the_movement_does_not_allow_is_not_used():
    only_event = NAMED["foot_strike"].model_copy(update={"methods": ("event",)})
    named = NAMED | {"foot_strike": only_event}
    found = join(AT, {("foot_strike", "left"): 1.03}, named=named)
    assert found["foot_strike", "left"] == ("event", 1.03)
    only_aligned = NAMED["toe_off"].model_copy(update={"methods": ("alignment",)})
    named = NAMED | {"toe_off": only_aligned}
    found = join(AT, {("toe_off", "right"): 1.12}, named=named)
    assert found["toe_off", "right"] == ("alignment", pytest.approx(1.1))


def test_of_events_alone_only_the_movements_are_kept():
    instant = Instant(1.0, 0.01)
    keyframes = (
        Keyframe("toe_off", "left", instant, "event"),
        Keyframe("mid_swing", "left", instant, "event"),
        Keyframe("take_off", "both", instant, "event"),
    )
    kept = name_event_repetition(Repetition("left", keyframes), NAMED)
    assert [keyframe.name for keyframe in kept.keyframes] == ["toe_off"]
    assert name_event_repetition(Repetition("left", keyframes[2:]), NAMED) is None
