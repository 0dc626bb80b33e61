import numpy as np
import pytest

from sportsgpt_lib.alignment.strides import find_strides
from sportsgpt_lib.kinematics.quantities import compute_quantities
from tests.oracles.force_plate_walks import read_events, read_walk
from tests.oracles.walking import build_walk, mirror_picture

OWN_ORDER = ["foot_strike", "mid_stance", "toe_off", "mid_swing", "next_foot_strike"]


def _find(sequence, references):
    quantities = compute_quantities(sequence)
    return find_strides(quantities.times_s, quantities.values, references, {})


def _own_side(stride):
    return next(k.side for k in stride.keyframes if k.name == "next_foot_strike")


def _table(strides):
    return {
        (index, k.name, k.side): (k.instant.time_s, k.instant.error_s)
        for index, stride in enumerate(strides)
        for k in stride.keyframes
    }


def test_both_legs_strides_are_found_with_their_keyframes_in_order(reference):
    strides = _find(build_walk(noise_px=2.0, duration_s=5.0).sequence, [reference])
    assert {_own_side(stride) for stride in strides} == {"left", "right"}
    for stride in strides:
        side = _own_side(stride)
        own = {k.name: k.instant.time_s for k in stride.keyframes if k.side == side}
        times_s = [own[name] for name in OWN_ORDER]
        assert times_s == sorted(times_s)
        assert own["next_foot_strike"] - own["foot_strike"] == pytest.approx(
            1.1, abs=0.05
        )


def test_events_and_alignment_are_joined_and_their_difference_is_kept(reference):
    strides = _find(build_walk(noise_px=2.0).sequence, [reference])
    strikes = [k for s in strides for k in s.keyframes if k.name == "foot_strike"]
    assert {k.method for k in strikes} == {"both"}
    assert all(abs(k.event_offset_s) < 0.1 for k in strikes)
    middles = [k for s in strides for k in s.keyframes if k.name == "mid_stance"]
    assert {k.method for k in middles} == {"alignment"}
    assert all(k.event_offset_s is None for k in middles)


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
    assert all(stride.reference_id is None for stride in strides)
    assert {k.method for stride in strides for k in stride.keyframes} == {"event"}


def test_swapped_feet_are_told_apart_by_the_other_leg(reference):
    walk = build_walk(noise_px=2.0, duration_s=5.0)
    for stride in _find(walk.sequence, [reference]):
        side = _own_side(stride)
        true_s = walk.left_strikes_s if side == "left" else walk.right_strikes_s
        start_s = min(k.instant.time_s for k in stride.keyframes if k.side == side)
        assert np.abs(true_s - start_s).min() < 0.06


@pytest.mark.parametrize("every", [1, 5], ids=["150 Hz", "30 Hz"])
@pytest.mark.parametrize("trial", ["walk1", "walk2"])
def test_real_strides_agree_with_force_plates(shared_data, reference, trial, every):
    folder = shared_data / "events_bmc_grf"
    strides = _find(read_walk(folder, trial, every=every), [reference])
    assert strides
    deviations_s = []
    for keyframe in (k for stride in strides for k in stride.keyframes):
        event = keyframe.name.removeprefix("next_")
        if event not in ("foot_strike", "toe_off"):
            continue
        offsets_s = keyframe.instant.time_s - np.array(
            read_events(folder, trial, keyframe.side, event)
        )
        deviations_s += list(offsets_s[np.abs(offsets_s) < 0.3])
    assert len(deviations_s) >= 4
    assert np.abs(deviations_s).max() < 0.03
