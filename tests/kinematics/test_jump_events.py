import dataclasses

import numpy as np
import pytest

from sportsgpt_lib.kinematics.jump_events import find_jumps
from sportsgpt_lib.kinematics.quantities import compute_quantities
from tests.oracles.force_plate_walks import read_walk
from tests.oracles.full_body_run import read_run
from tests.oracles.jumping import build_jump
from tests.oracles.landing import build_drop
from tests.oracles.walking import build_walk

# Feet that leave at the speed of the hips pass the height of leaving so much later.
LEAVING_S = 0.020 / 1.4


def _find(sequence):
    quantities = compute_quantities(sequence)
    return find_jumps(quantities.times_s, quantities.values)


@pytest.mark.parametrize("rate_hz", [24.0, 25.0, 30.0, 60.0, 120.0, 240.0])
@pytest.mark.parametrize("is_rightward", [True, False])
def test_every_instant_of_a_jump_is_found_at_every_frame_rate(rate_hz, is_rightward):
    true = build_jump(rate_hz=rate_hz, push_s=0.307, is_rightward=is_rightward)
    (jump,) = _find(true.sequence)
    tolerance_s = LEAVING_S + 0.25 / rate_hz
    assert jump.take_off.time_s == pytest.approx(true.take_off_s, abs=tolerance_s)
    assert jump.landing.time_s == pytest.approx(true.landing_s, abs=tolerance_s)
    assert jump.apex.time_s == pytest.approx(true.apex_s, abs=0.02)
    assert jump.crouch.time_s == pytest.approx(true.crouch_s, abs=0.025)
    assert jump.deepest.time_s == pytest.approx(true.deepest_s, abs=0.025)
    assert jump.flight_time.value_s == pytest.approx(
        true.landing_s - true.take_off_s, abs=2.0 * tolerance_s
    )


def test_stated_errors_cover_true_ones_in_jitter():
    deviations = []
    for seed in range(30):
        true = build_jump(
            rate_hz=60.0, noise_px=4.0, seed=seed, push_s=0.3 + 0.001 * seed
        )
        (jump,) = _find(true.sequence)
        for name, late_s in (("take_off", LEAVING_S), ("landing", -LEAVING_S)):
            found = getattr(jump, name)
            true_s = getattr(true, f"{name}_s") + late_s
            deviations.append((found.time_s - true_s) / found.error_s)
    assert 0.88 < np.mean(np.abs(deviations) < 1.96) <= 1.0


def test_stated_errors_hold_those_of_the_method():
    (jump,) = _find(build_jump(rate_hz=240.0).sequence)
    assert jump.take_off.error_s > 0.010
    assert jump.landing.error_s > 0.010
    assert jump.crouch.error_s > 0.012
    assert jump.flight_time.error_s == pytest.approx(
        np.hypot(jump.take_off.error_s, jump.landing.error_s)
    )


def test_a_jump_onto_a_box_is_one_with_a_shorter_fall():
    true = build_jump(landing_level=0.12)
    (jump,) = _find(true.sequence)
    assert jump.landing.time_s == pytest.approx(true.landing_s, abs=0.03)
    assert (
        jump.landing.time_s - jump.apex.time_s < jump.apex.time_s - jump.take_off.time_s
    )


def test_feet_that_leave_one_after_the_other_are_no_jump():
    assert len(_find(build_jump(stagger_s=0.05).sequence)) == 1
    assert _find(build_jump(stagger_s=0.2).sequence) == []


@pytest.mark.parametrize("noise_px", [0.0, 5.0])
def test_standing_squats_drops_and_walks_are_no_jumps(noise_px):
    squat = build_jump(speed=0.0, noise_px=noise_px).sequence
    drop = build_drop(noise_px=noise_px).sequence
    walk = build_walk(noise_px=noise_px).sequence
    standing = build_drop(take_off_s=9.0, noise_px=noise_px).sequence
    assert [_find(each) for each in (squat, drop, walk, standing)] == [[]] * 4


def test_real_steps_are_no_jumps(shared_data):
    folder = shared_data / "events_bmc_grf"
    assert _find(read_walk(folder, "walk1")) == []
    assert _find(read_run(folder).as_poses()) == []


def test_a_body_that_does_not_fall_freely_is_no_jump():
    true = build_jump()
    slow = dataclasses.replace(true.sequence, times_s=4.0 * true.sequence.times_s)
    assert _find(slow) == []


@pytest.mark.parametrize("start_s", [0.9, 1.15])
def test_a_crouch_that_was_not_filmed_is_missing(start_s):
    true = build_jump()
    late = true.sequence.times_s > start_s
    sequence = dataclasses.replace(
        true.sequence,
        times_s=true.sequence.times_s[late],
        positions_px=true.sequence.positions_px[late],
        confidence=true.sequence.confidence[late],
    )
    (jump,) = _find(sequence)
    assert (jump.crouch is None) == (start_s > true.crouch_s)
    assert jump.take_off.time_s == pytest.approx(true.take_off_s, abs=0.03)


@pytest.mark.parametrize("hidden", ["take_off", "landing"])
def test_a_contact_in_a_gap_gives_no_jump(hidden):
    true = build_jump()
    positions_px = true.sequence.positions_px.copy()
    gap = np.abs(true.sequence.times_s - getattr(true, f"{hidden}_s")) < 0.08
    positions_px[gap] = np.nan
    assert _find(dataclasses.replace(true.sequence, positions_px=positions_px)) == []


def test_a_foot_that_was_never_seen_gives_no_jump():
    quantities = compute_quantities(build_jump().sequence)
    blind = {
        name: np.full_like(series, np.nan) if name.startswith("left_") else series
        for name, series in quantities.values.items()
    }
    assert find_jumps(quantities.times_s, blind) == []


@pytest.mark.parametrize("frame_count", [0, 1, 2])
def test_a_few_frames_hold_no_jump(frame_count):
    quantities = compute_quantities(build_jump().sequence)
    short = {name: series[:frame_count] for name, series in quantities.values.items()}
    assert find_jumps(quantities.times_s[:frame_count], short) == []
