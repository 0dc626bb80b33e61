import numpy as np
import pytest

from sportsgpt_lib.alignment.motion_alignment import (
    Absence,
    AlignedRepetition,
    Alignment,
    SearchCurve,
    WarpPath,
)
from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.repetitions.finder import FoundRepetitions
from sportsgpt_lib.repetitions.recording_alignment import SideAlignment
from sportsgpt_lib.repetitions.repetition import EventOffset, Keyframe, Repetition
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.keyframe_verdicts import judge_keyframes, refuse_absent

WALKING = load_movement("walking_stride")
DROP = load_movement("drop_landing")


def search(reason, best_cost=0.7, side="left", *, highest_cost=0.4):
    curve = SearchCurve(np.zeros(1), np.ones(1), highest_cost)
    absence = Absence(reason, best_cost) if reason else None
    return SideAlignment(
        side,
        is_either_side=False,
        references=(),
        alignment=Alignment((), curve, absence),
    )


def nothing(*searches, unproven_count=0):
    return FoundRepetitions((), searches, unproven_count)


def land(**offsets):
    """A landing whose keyframes have these offsets, in standard errors of 20 ms."""
    named = {"take_off": 0.0, "initial_contact": 0.0, "deepest_flexion": 0.0} | offsets
    keyframes = tuple(
        Keyframe(
            name, "both", Instant(2.0, 0.01), "both", EventOffset(0.02 * errors, 0.02)
        )
        for name, errors in named.items()
        if errors is not None
    )
    return Repetition("both", keyframes)


@pytest.mark.parametrize(
    "reason",
    ["not_in_recording", "recording_too_short", "too_little_seen", "nothing_moves"],
)
def test_every_absence_is_set_aside_with_its_own_words(reason):
    verdict = refuse_absent(WALKING, 4.0, nothing(search(reason)))
    assert (verdict.word, verdict.reason_code) == ("QUARANTINE", reason)
    assert "Walking stride" in verdict.reason
    assert "4.0 s of film" in verdict.reason
    assert verdict.fix
    others = {"not_in_recording", "too_little_seen"} - {reason}
    for other in others:
        another = refuse_absent(WALKING, 4.0, nothing(search(other)))
        assert another.reason != verdict.reason


@pytest.mark.parametrize("name", ["sprint_start", "javelin_delivery"])
def test_a_movement_that_needs_a_target_model_says_so(name):
    verdict = refuse_absent(load_movement(name), 4.0, FoundRepetitions(()))
    assert (verdict.word, verdict.reason_code) == ("QUARANTINE", "no_target_model")
    assert "foot_strike" in verdict.reason
    assert f"sportsgpt reference template {name} " in verdict.fix
    assert "sportsgpt reference add" in verdict.fix


def test_the_leg_that_came_nearest_says_why():
    near = search("not_in_recording", 0.45)
    far = search("not_in_recording", 0.9, highest_cost=0.6)
    unseen = search("too_little_seen", np.inf)
    for searches in ((far, near), (near, unseen)):
        verdict = refuse_absent(WALKING, 4.0, nothing(*searches))
        assert verdict.reason_code == "not_in_recording"
        assert "cost 0.45, limit 0.40" in verdict.reason


def test_a_match_that_the_film_cut_off_is_not_called_unlike():
    cut_off = search("not_in_recording", 0.07)
    verdict = refuse_absent(WALKING, 1.3, nothing(search("not_in_recording"), cut_off))
    assert verdict.reason_code == "no_whole_repetition"
    assert "cost 0.07, limit 0.40" in verdict.reason
    assert "comes near" not in verdict.reason


def test_a_match_with_unsure_ends_beside_a_leg_without_any_is_named():
    path = WarpPath(np.zeros(1), np.zeros(1))
    aligned = AlignedRepetition(0.0, 1.0, 0.2, "model", 1, False, 1.0, {}, path)  # noqa: FBT003 - as the field is
    curve = SearchCurve(np.zeros(1), np.ones(1), 0.4)
    matched = SideAlignment(
        "right",
        is_either_side=False,
        references=(),
        alignment=Alignment((aligned,), curve, None),
    )
    verdict = refuse_absent(WALKING, 2.0, nothing(search("not_in_recording"), matched))
    assert verdict.reason_code == "no_whole_repetition"
    assert "cost 0.20, limit 0.40" in verdict.reason


def test_a_match_without_the_events_that_prove_it_names_them():
    found = nothing(search("not_in_recording", 0.33), unproven_count=1)
    verdict = refuse_absent(WALKING, 2.4, found)
    assert (verdict.word, verdict.reason_code) == ("QUARANTINE", "events_not_seen")
    assert "foot strike, toe-off" in verdict.reason


def test_without_a_target_model_events_alone_were_sought():
    verdict = refuse_absent(DROP, 4.0, nothing())
    assert verdict.reason_code == "no_repetition_found"


@pytest.mark.parametrize(("errors", "word"), [(2.9, "PASS"), (-3.1, "WARN")])
def test_methods_disagree_by_their_own_errors_and_not_by_a_constant(errors, word):
    found = FoundRepetitions((land(initial_contact=errors),))
    assert judge_keyframes(DROP, found, 1.0).word == word


def test_the_worst_disagreement_is_named_in_seconds_of_the_clip():
    found = FoundRepetitions((land(take_off=4.0, initial_contact=-5.0), land()))
    verdict = judge_keyframes(DROP, found, 2.0)
    assert verdict.reason_code == "alignment_and_events_disagree"
    assert verdict.reason.startswith("2 keyframes differ")
    assert "200 ms, which is 5.0 errors (both initial_contact at 4.00 s)" in (
        verdict.reason
    )


def test_events_alone_beside_target_models_are_a_warning():
    found = FoundRepetitions((land(),), (search("not_in_recording"),))
    verdict = judge_keyframes(DROP, found, 1.0)
    assert verdict.reason_code == "not_like_the_reference"


def test_a_missing_event_is_named_and_what_events_cannot_give_is_not():
    verdict = judge_keyframes(DROP, FoundRepetitions((land(take_off=None),)), 1.0)
    assert verdict.reason_code == "keyframe_not_found"
    assert verdict.reason.startswith("repetition 1 lacks take-off. What does not")
    strikes = ("foot_strike", "toe_off", "next_foot_strike")
    keyframes = tuple(
        Keyframe(name, "left", Instant(1.0, 0.01), "event") for name in strikes
    )
    stride = FoundRepetitions((Repetition("left", keyframes),))
    assert judge_keyframes(WALKING, stride, 1.0).word == "PASS"
