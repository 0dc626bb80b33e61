import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.kinematics.jump_events import find_jumps
from sportsgpt_lib.kinematics.midstance import find_midstances
from sportsgpt_lib.kinematics.quantities import compute_quantities
from sportsgpt_lib.kinematics.step_events import find_step_events
from sportsgpt_lib.pose.skeleton import keypoint_indices
from sportsgpt_lib.repetitions.landings import find_drop_landings
from tests.oracles.force_plate_walks import read_events, read_walk
from tests.oracles.full_body_run import read_run
from tests.oracles.jumping import build_jump
from tests.oracles.landing import build_drop
from tests.oracles.walking import build_walk, mirror_picture


def _find(sequence, *, without=()):
    quantities = compute_quantities(sequence)
    values = {
        name: np.full_like(series, np.nan) if name in without else series
        for name, series in quantities.values.items()
    }
    return find_step_events(quantities.times_s, values)


def _cut(sequence, start_s, end_s):
    inside = (sequence.times_s > start_s) & (sequence.times_s < end_s)
    return dataclasses.replace(
        sequence,
        times_s=sequence.times_s[inside],
        positions_px=sequence.positions_px[inside],
        confidence=sequence.confidence[inside],
    )


def _count(events):
    return sum(
        len(instants)
        for foot in (events.left, events.right)
        for instants in (foot.foot_strikes, foot.toe_offs)
    )


@pytest.mark.parametrize("every", [1, 2, 5], ids=["150", "75", "30"])
def test_gait_is_told_and_events_agree_with_force_plates(shared_data, every):
    folder = shared_data / "events_bmc_grf"
    trials = {
        "walk1": read_walk(folder, "walk1", every=every),
        "walk2": read_walk(folder, "walk2", every=every),
        "run": read_run(folder).as_poses(every=every),
    }
    deviations_s = {"foot_strike": [], "toe_off": []}
    for trial, sequence in trials.items():
        events = _find(sequence)
        gaits = {one.is_running for one in events.midstances}
        assert gaits == {trial == "run"}
        for side in ("left", "right"):
            foot = getattr(events, side)
            named = {"foot_strike": foot.foot_strikes, "toe_off": foot.toe_offs}
            for name, found in named.items():
                for true_s in read_events(folder, trial, side, name):
                    near_s = [one.time_s - true_s for one in found]
                    deviations_s[name] += [each for each in near_s if abs(each) < 0.2]
    assert len(deviations_s["foot_strike"]) == 8
    assert len(deviations_s["toe_off"]) == 7
    for each in deviations_s.values():
        assert np.sqrt(np.mean(np.square(each))) < 0.015


def test_every_step_of_a_synthetic_walk_is_one_of_walking():
    walk = build_walk(noise_px=1.0)
    events = _find(walk.sequence)
    assert {one.is_running for one in events.midstances} == {False}
    sides = [one.side for one in events.midstances]
    assert all(first != second for first, second in pairwise(sides))
    # The walk's first strikes lie beside its begin.
    inner_s = walk.left_strikes_s[walk.left_strikes_s > 0.2]
    assert len(events.left.foot_strikes) >= inner_s.size - 1


def test_a_picture_that_sinks_while_walking_hides_no_step():
    walk = build_walk(noise_px=2.0).sequence
    positions_px = walk.positions_px.copy()
    positions_px[..., 1] += np.linspace(0.0, 50.0, walk.frame_count)[:, np.newaxis]
    still = _find(walk)
    sinking = _find(dataclasses.replace(walk, positions_px=positions_px))
    assert {one.is_running for one in sinking.midstances} == {False}
    assert len(sinking.midstances) == len(still.midstances)
    assert _count(sinking) == _count(still)


def test_events_at_the_ends_are_kept_for_the_other_foots_midstance(shared_data):
    walk = read_walk(shared_data / "events_bmc_grf", "walk1")
    events = _find(_cut(walk, 0.55, 1.75))
    first_s = min(one.time_s for one in events.midstances if one.side == "left")
    assert any(one.time_s < first_s - 0.4 for one in events.left.toe_offs)
    events = _find(_cut(walk, 0.0, 2.12))
    last_s = max(one.time_s for one in events.midstances if one.side == "right")
    assert any(one.time_s > last_s + 0.4 for one in events.right.foot_strikes)


def test_a_mirrored_picture_exchanges_left_and_right():
    walk = build_walk().sequence
    plain, mirrored = _find(walk), _find(mirror_picture(walk))
    for name in ("foot_strikes", "toe_offs"):
        one_s = [one.time_s for one in getattr(plain.left, name)]
        other_s = [one.time_s for one in getattr(mirrored.right, name)]
        assert one_s
        assert one_s == pytest.approx(other_s, abs=1e-6)


@pytest.mark.parametrize("trial", ["walk1", "walk2", "run"])
def test_going_backwards_gives_no_events(shared_data, trial):
    folder = shared_data / "events_bmc_grf"
    is_run = trial == "run"
    forwards = read_run(folder).as_poses() if is_run else read_walk(folder, trial)
    backwards = dataclasses.replace(
        forwards, positions_px=forwards.positions_px[::-1].copy()
    )
    assert _count(_find(forwards)) >= 4
    assert _count(_find(backwards)) == 0


@pytest.mark.parametrize("noise_px", [0.0, 4.0])
def test_standing_jumping_and_landing_are_no_steps(noise_px):
    others = (
        build_drop(take_off_s=9.0, noise_px=noise_px),
        build_drop(noise_px=noise_px),
        build_jump(noise_px=noise_px),
    )
    assert [_count(_find(each.sequence)) for each in others] == [0, 0, 0]


def test_without_heights_slow_steps_are_walking_and_fast_ones_are_left_out(shared_data):
    heights = [
        "hip_height",
        *(
            f"{side}_{point}_height"
            for side in ("left", "right")
            for point in ("ankle", "heel", "toe")
        ),
    ]
    folder = shared_data / "events_bmc_grf"
    assert _count(_find(read_walk(folder, "walk1"), without=heights)) >= 6
    assert _count(_find(read_run(folder).as_poses(), without=heights)) == 0


@pytest.mark.parametrize("frame_count", [0, 1, 2, 5])
def test_a_few_frames_hold_no_steps(frame_count):
    quantities = compute_quantities(build_walk().sequence)
    short = {name: series[:frame_count] for name, series in quantities.values.items()}
    assert _count(find_step_events(quantities.times_s[:frame_count], short)) == 0


def test_nothing_seen_gives_no_steps():
    quantities = compute_quantities(build_walk().sequence)
    assert _count(_find(build_walk().sequence, without=tuple(quantities.values))) == 0


def test_single_frames_far_off_are_no_steps():
    standing = build_drop(take_off_s=9.0).sequence
    positions_px = standing.positions_px.copy()
    left, right = keypoint_indices(("left_ankle", "right_ankle"))
    positions_px[20, left, 0] += 200.0
    positions_px[21, left, 0] -= 200.0
    positions_px[:, right, 0] += np.arange(standing.frame_count)  # as if it swung
    off = dataclasses.replace(standing, positions_px=positions_px)
    assert _find(off).midstances == ()
    assert _count(_find(off)) == 0


@pytest.mark.parametrize("rate_hz", [25.0, 30.0, 60.0])
def test_when_the_clock_began_changes_no_event(rate_hz):
    walk = build_walk(rate_hz=rate_hz, noise_px=5.0, seed=2).sequence
    plain = _find(walk)
    for start_s in (37.123, 1234.5):
        late = _find(dataclasses.replace(walk, times_s=walk.times_s + start_s))
        for foot, other in ((plain.left, late.left), (plain.right, late.right)):
            for name in ("foot_strikes", "toe_offs"):
                one_s = [one.time_s for one in getattr(foot, name)]
                other_s = [one.time_s - start_s for one in getattr(other, name)]
                assert one_s
                np.testing.assert_allclose(other_s, one_s, atol=1e-6)


def test_a_lift_seen_once_tells_a_foot_in_the_air():
    """A passage forwards whose height was not seen hides none that was."""
    times_s = np.arange(0.0, 3.0, 0.01)
    turn = 2.0 * np.pi * times_s
    quantities = {
        "left_foot_forward": 0.2 * np.cos(turn),
        "right_foot_forward": -0.2 * np.cos(turn),
        "left_ankle_height": 0.10 + 0.05 * np.sin(turn),
        "right_ankle_height": np.full_like(turn, np.nan),
        "hip_height": np.full_like(turn, np.nan),
    }
    on_the_wrong_side = find_midstances(times_s, quantities)
    assert all(one.side == "right" for one in on_the_wrong_side)
    unseen = quantities["left_ankle_height"].copy()
    unseen[(times_s > 0.7) & (times_s < 0.8)] = np.nan
    found = find_midstances(times_s, {**quantities, "left_ankle_height": unseen})
    assert [one.time_s for one in found] == [one.time_s for one in on_the_wrong_side]


@pytest.mark.parametrize("find", [find_step_events, find_jumps, find_drop_landings])
@pytest.mark.parametrize("wrong", ["repeated", "backwards", "missing"])
def test_times_that_do_not_increase_are_refused(find, wrong):
    quantities = compute_quantities(build_drop().sequence)
    times_s = quantities.times_s.copy()
    times_s[8] = {"repeated": times_s[7], "backwards": 0.0, "missing": np.nan}[wrong]
    with pytest.raises(PoseInputError, match="do not increase"):
        find(times_s, quantities.values)
