import numpy as np
import pytest

from sportsgpt_lib.kinematics.gait_events import find_foot_events
from sportsgpt_lib.kinematics.quantities import compute_quantities
from tests.oracles.force_plate_walks import read_events, read_walk
from tests.oracles.walking import build_walk

STRIKE_TOLERANCE_S = 0.020
TOE_OFF_TOLERANCE_S = 0.025


@pytest.mark.parametrize("every", [1, 5], ids=["150 Hz", "30 Hz"])
@pytest.mark.parametrize("trial", ["walk1", "walk2"])
def test_events_agree_with_force_plates(shared_data, trial, every):
    folder = shared_data / "events_bmc_grf"
    quantities = compute_quantities(read_walk(folder, trial, every=every))
    matched = 0
    for side in ("left", "right"):
        events = find_foot_events(
            quantities.times_s,
            quantities.values[f"{side}_heel_forward"],
            quantities.values[f"{side}_toe_forward"],
        )
        for found, name, tolerance_s in (
            (events.foot_strikes, "foot_strike", STRIKE_TOLERANCE_S),
            (events.toe_offs, "toe_off", TOE_OFF_TOLERANCE_S),
        ):
            for true_s in read_events(folder, trial, side, name):
                offsets_s = [
                    abs(one.time_s - true_s)
                    for one in found
                    if abs(one.time_s - true_s) < 0.3
                ]
                if offsets_s:
                    matched += 1
                    assert min(offsets_s) < tolerance_s, (side, name, true_s)
    assert matched >= 4


def _measure_strikes_s(shared_data, *, with_heights):
    folder = shared_data / "events_bmc_grf"
    deviations_s = []
    for trial in ("walk1", "walk2"):
        quantities = compute_quantities(read_walk(folder, trial))
        for side in ("left", "right"):
            events = find_foot_events(
                quantities.times_s,
                quantities.values[f"{side}_heel_forward"],
                quantities.values[f"{side}_toe_forward"],
                heel_height=(
                    quantities.values[f"{side}_heel_height"] if with_heights else None
                ),
            )
            for true_s in read_events(folder, trial, side, "foot_strike"):
                offs_s = [one.time_s - true_s for one in events.foot_strikes]
                deviations_s += [each for each in offs_s if abs(each) < 0.2]
    return np.array(deviations_s)


def test_the_end_of_the_heels_fall_makes_strikes_more_exact(shared_data):
    without_s = _measure_strikes_s(shared_data, with_heights=False)
    with_s = _measure_strikes_s(shared_data, with_heights=True)
    assert with_s.size == without_s.size
    assert np.sqrt(np.mean(with_s**2)) < 0.8 * np.sqrt(np.mean(without_s**2))


def test_heights_that_were_not_seen_change_nothing():
    walk = build_walk()
    values = compute_quantities(walk.sequence).values
    paths = (
        walk.sequence.times_s,
        values["left_heel_forward"],
        values["left_toe_forward"],
    )
    unseen = np.full_like(values["left_heel_height"], np.nan)
    assert find_foot_events(*paths, heel_height=unseen) == find_foot_events(*paths)


@pytest.mark.parametrize("is_rightward", [True, False])
def test_every_strike_of_a_noisy_walk_is_found_in_both_directions(is_rightward):
    walk = build_walk(noise_px=4.0, is_rightward=is_rightward, seed=2)
    values = compute_quantities(walk.sequence).values
    for side, true_s in (
        ("left", walk.left_strikes_s),
        ("right", walk.right_strikes_s),
    ):
        events = find_foot_events(
            walk.sequence.times_s,
            values[f"{side}_heel_forward"],
            values[f"{side}_toe_forward"],
        )
        found_s = np.array([strike.time_s for strike in events.foot_strikes])
        inner = true_s[(true_s > 0.2) & (true_s < 3.6)]
        distances_s = np.abs(found_s[:, np.newaxis] - inner).min(axis=0)
        assert distances_s.max() < 0.08


def test_a_standing_foot_has_no_events():
    times_s = np.arange(90) / 30.0
    jitter = 0.01 * np.random.default_rng(0).normal(size=(2, 90))
    events = find_foot_events(times_s, jitter[0], 0.1 + jitter[1])
    assert events.foot_strikes == ()
    assert events.toe_offs == ()
