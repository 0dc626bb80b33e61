"""Squats and the beginning of jumps, on made-up bodies whose truth is known."""

import numpy as np
import pytest

from sportsgpt_lib.kinematics.hip_dips import find_squats
from sportsgpt_lib.kinematics.jump_events import find_jumps
from sportsgpt_lib.kinematics.quantities import compute_quantities
from tests.oracles.jumping import build_jump
from tests.oracles.landing import build_drop
from tests.oracles.walking import build_walk


def _find(sequence):
    quantities = compute_quantities(sequence)
    return find_squats(quantities.times_s, quantities.values)


def _pass_level(times_s, heights, share, after_s):
    """When clean heights first come up to a share of their way, after a time."""
    part = times_s >= after_s
    curve = heights[part]
    level = curve[0] + share * (curve[curve.argmax()] - curve[0])
    return times_s[part][np.argmax(curve > level)]


@pytest.mark.parametrize("rate_hz", [25.0, 30.0, 60.0, 120.0])
@pytest.mark.parametrize("noise_px", [0.0, 4.0])
def test_two_squats_are_found_with_their_instants(rate_hz, noise_px):
    clean = compute_quantities(
        build_jump(speed=0.0, push_s=0.9, rate_hz=240.0).sequence
    )
    seen = build_jump(speed=0.0, push_s=0.9, rate_hz=rate_hz, noise_px=noise_px)
    squats = _find(seen.sequence)
    assert len(squats) == 2
    first, second = squats
    assert first.bottom.time_s == pytest.approx(1.0, abs=0.04)
    assert second.bottom.time_s == pytest.approx(2.8, abs=0.04)
    hips = clean.values["hip_height"]
    first_half = clean.times_s <= 1.9
    for share, found in ((0.5, first.half_way_up), (0.95, first.finish)):
        true_s = _pass_level(clean.times_s[first_half], hips[first_half], share, 1.0)
        assert found.time_s == pytest.approx(true_s, abs=0.09)
    assert 0.4 < first.start.time_s < 0.6
    assert first.start.time_s < first.bottom.time_s < first.half_way_up.time_s
    assert first.half_way_up.time_s < first.finish.time_s <= second.start.time_s + 0.1


def test_jumps_walks_and_drops_are_no_squats():
    assert _find(build_jump().sequence) == []
    assert _find(build_walk(noise_px=2.0).sequence) == []
    assert _find(build_drop(noise_px=2.0).sequence) == []


def test_a_squat_that_is_not_finished_is_none():
    sequence = build_jump(speed=0.0, push_s=0.9, duration_s=1.4).sequence
    assert _find(sequence) == []


def test_feet_apart_along_the_way_are_no_squat():
    quantities = compute_quantities(build_jump(speed=0.0, push_s=0.9).sequence)
    split = dict(quantities.values)
    split["left_foot_forward"] = split["left_foot_forward"] + 0.3
    assert find_squats(quantities.times_s, split) == []


@pytest.mark.parametrize("noise_px", [0.0, 4.0])
def test_a_jump_begins_where_the_hips_leave_standing(noise_px):
    quantities = compute_quantities(build_jump(noise_px=noise_px).sequence)
    (jump,) = find_jumps(quantities.times_s, quantities.values)
    assert jump.stand is not None
    assert 0.4 < jump.stand.time_s < 0.6
    assert jump.stand.error_s > 0.05


def test_a_jump_filmed_from_the_crouch_on_has_no_stand():
    quantities = compute_quantities(build_jump().sequence)
    late = quantities.times_s >= 0.97
    values = {name: series[late] for name, series in quantities.values.items()}
    (jump,) = find_jumps(quantities.times_s[late], values)
    assert jump.stand is None
