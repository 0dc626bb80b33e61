from itertools import pairwise

import numpy as np
import pytest

from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.kinematics.quantities import compute_quantities
from sportsgpt_lib.repetitions.finder import find_repetitions
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.target_models.library import PACKAGED_REFERENCES
from tests.oracles.force_plate_walks import read_events, read_walk
from tests.oracles.landing import build_drop
from tests.oracles.throwing import MARKS, film_throws, write_throw_folder
from tests.oracles.walking import build_walk, mirror_picture

OWN_ORDER = ["foot_strike", "mid_stance", "toe_off", "mid_swing", "next_foot_strike"]


@pytest.fixture(scope="module")
def walking_references():
    return PACKAGED_REFERENCES.load(load_movement("walking_stride"))


def _find(sequence, references, movement="walking_stride"):
    quantities = compute_quantities(sequence)
    found = find_repetitions(
        load_movement(movement), quantities.times_s, quantities.values, references
    )
    return found.repetitions


def _table(strides):
    return {
        (index, k.name, k.side): (k.instant.time_s, k.instant.error_s)
        for index, stride in enumerate(strides)
        for k in stride.keyframes
    }


def test_both_legs_strides_are_found_with_their_keyframes_in_order(reference):
    strides = _find(build_walk(noise_px=2.0, duration_s=5.0).sequence, [reference])
    assert {stride.own_side for stride in strides} == {"left", "right"}
    for stride in strides:
        side = stride.own_side
        own = {k.name: k.instant.time_s for k in stride.keyframes if k.side == side}
        times_s = [own[name] for name in OWN_ORDER]
        assert times_s == sorted(times_s)
        assert own["next_foot_strike"] - own["foot_strike"] == pytest.approx(
            1.1, abs=0.05
        )


def test_events_and_alignment_are_joined_and_their_difference_is_kept(reference):
    strides = _find(build_walk(noise_px=2.0).sequence, [reference])
    strikes = [k for s in strides for k in s.keyframes if k.name == "foot_strike"]
    joined = [k for k in strikes if k.method == "both"]
    assert len(joined) >= len(strikes) - 1
    assert all(abs(k.event_offset.offset_s) < 0.1 for k in joined)
    assert all(k.instant.error_s < k.event_offset.error_s for k in joined)
    middles = [k for s in strides for k in s.keyframes if k.name == "mid_stance"]
    assert {k.method for k in middles} == {"alignment"}
    assert all(k.event_offset is None for k in middles)


@pytest.mark.parametrize("turns", [-1, 2])
def test_whole_turns_before_the_walk_change_nothing(reference, turns):
    quantities = compute_quantities(build_walk(noise_px=2.0).sequence)
    movement = load_movement("walking_stride")
    turned = {
        name: values + 360.0 * turns if name.endswith("thigh_angle") else values
        for name, values in quantities.values.items()
    }
    plain, after_turns = (
        find_repetitions(movement, quantities.times_s, values, [reference]).repetitions
        for values in (quantities.values, turned)
    )
    assert len(after_turns) == len(plain)
    for key, (time_s, _) in _table(plain).items():
        assert _table(after_turns)[key][0] == pytest.approx(time_s, abs=1e-6)


def test_a_mirrored_walk_gives_the_same_times_with_sides_exchanged(reference):
    sequence = build_walk(noise_px=3.0, seed=8).sequence
    plain = _table(_find(sequence, [reference]))
    mirrored = _table(_find(mirror_picture(sequence), [reference]))
    other = {"left": "right", "right": "left"}
    assert {(i, name, other[side]) for i, name, side in mirrored} == set(plain)
    for (index, name, side), found in mirrored.items():
        expected = plain[index, name, other[side]]
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_without_a_reference_strides_come_from_events_alone():
    strides = _find(build_walk(noise_px=2.0).sequence, [])
    assert strides
    assert all(stride.match is None for stride in strides)
    assert {k.method for stride in strides for k in stride.keyframes} == {"event"}


def test_swapped_feet_are_told_apart_by_the_other_leg(reference):
    walk = build_walk(noise_px=2.0, duration_s=5.0)
    for stride in _find(walk.sequence, [reference]):
        side = stride.own_side
        true_s = walk.left_strikes_s if side == "left" else walk.right_strikes_s
        start_s = min(k.instant.time_s for k in stride.keyframes if k.side == side)
        assert np.abs(true_s - start_s).min() < 0.06


def test_what_resembles_a_stride_without_its_events_is_not_one(reference):
    quantities = compute_quantities(build_walk(noise_px=2.0).sequence)
    without_feet = {
        name: np.full_like(values, np.nan)
        if "_toe_" in name or "_heel_" in name
        else values
        for name, values in quantities.values.items()
    }
    movement = load_movement("walking_stride")
    found = find_repetitions(movement, quantities.times_s, without_feet, [reference])
    assert found.repetitions == ()
    assert found.unproven_count >= 2
    whole = find_repetitions(
        movement, quantities.times_s, quantities.values, [reference]
    )
    assert whole.repetitions
    assert whole.unproven_count == 0


def test_no_stride_is_reported_twice(reference):
    strides = _find(build_walk(noise_px=2.0, duration_s=6.0).sequence, [reference])
    for side in ("left", "right"):
        own = [stride for stride in strides if stride.own_side == side]
        assert all(
            later.start_s > earlier.end_s - 0.2 for earlier, later in pairwise(own)
        )


def test_landings_come_from_events_where_there_is_no_target_model():
    drop = build_drop(noise_px=1.0)
    (landing,) = _find(drop.sequence, [], "drop_landing")
    assert landing.own_side == "both"
    assert landing.match is None
    assert {k.method for k in landing.keyframes} == {"event"}


def test_another_movement_is_not_taken_for_walking(reference):
    quantities = compute_quantities(build_drop(noise_px=1.0).sequence)
    found = find_repetitions(
        load_movement("walking_stride"),
        quantities.times_s,
        quantities.values,
        [reference],
    )
    assert found.repetitions == ()
    assert {search.own_side for search in found.searches} == {"left", "right"}
    assert all(search.alignment.absence for search in found.searches)


@pytest.mark.parametrize("every", [1, 5], ids=["150 Hz", "30 Hz"])
@pytest.mark.parametrize("trial", ["walk1", "walk2"])
def test_real_strides_agree_with_force_plates(
    shared_data, walking_references, trial, every
):
    folder = shared_data / "events_bmc_grf"
    strides = _find(read_walk(folder, trial, every=every), walking_references)
    assert strides
    deviations_s = {"foot_strike": [], "toe_off": []}
    for keyframe in (k for stride in strides for k in stride.keyframes):
        event = keyframe.name.removeprefix("next_")
        if event in deviations_s:
            offsets_s = keyframe.instant.time_s - np.array(
                read_events(folder, trial, keyframe.side, event)
            )
            deviations_s[event] += list(offsets_s[np.abs(offsets_s) < 0.3])
    assert sum(map(len, deviations_s.values())) >= 4
    assert np.abs(deviations_s["foot_strike"]).max() <= 0.022
    assert np.abs(deviations_s["toe_off"]).max(initial=0.0) <= 0.026


@pytest.fixture(scope="module")
def throw(tmp_path_factory):
    return write_throw_folder(tmp_path_factory.mktemp("sports"))


def _throw_times_s(repetition):
    return {k.name: (k.side, k.instant.time_s) for k in repetition.keyframes}


@pytest.mark.parametrize("speed", [0.8, 1.25])
@pytest.mark.parametrize("own_side", ["right", "left"])
def test_a_folder_without_code_gives_every_repetition_of_either_hand(
    throw, own_side, speed
):
    movement, references = throw
    starts_s = (1.5, 5.0)
    times_s, values = film_throws(starts_s, own_side=own_side, speed=speed)
    found = find_repetitions(movement, times_s, values, references)
    assert len(found.repetitions) == 2
    other = "left" if own_side == "right" else "right"
    for start_s, repetition in zip(starts_s, found.repetitions, strict=True):
        assert repetition.own_side == own_side
        assert repetition.match.aligned.is_mirrored == (own_side == "left")
        found_times = _throw_times_s(repetition)
        for name, (leg, time_s) in MARKS.items():
            side, found_s = found_times[name]
            assert side == (own_side if leg == "own" else other)
            assert found_s == pytest.approx(start_s + time_s / speed, abs=0.05)


def test_the_target_model_of_a_mirrored_repetition_has_the_athletes_names(throw):
    movement, references = throw
    times_s, values = film_throws((2.0,), own_side="left", noise_deg=0.0)
    (repetition,) = find_repetitions(movement, times_s, values, references).repetitions
    reference = repetition.match.reference
    column = reference.motion.names.index("left_elbow_flexion")
    right = reference.motion.names.index("right_elbow_flexion")
    ranges = np.ptp(reference.motion.angles_deg, axis=0)
    assert ranges[column] > ranges[right]


def test_a_film_without_a_throw_holds_none(throw):
    movement, references = throw
    times_s, values = film_throws(())
    found = find_repetitions(movement, times_s, values, references)
    assert found.repetitions == ()
    (search,) = found.searches
    assert search.alignment.absence is not None


def test_times_that_do_not_ascend_are_the_recordings_fault(throw):
    movement, references = throw
    times_s, values = film_throws((2.0,))
    times_s[5] = times_s[4]
    with pytest.raises(PoseInputError, match="time of frame 5"):
        find_repetitions(movement, times_s, values, references)
