import numpy as np
import pytest

from sportsgpt_lib.kinematics.quantities import compute_quantities
from sportsgpt_lib.repetitions.landings import find_drop_landings
from tests.oracles.landing import build_drop
from tests.oracles.walking import build_walk


def _find(sequence):
    quantities = compute_quantities(sequence)
    return [
        {keyframe.name: keyframe for keyframe in repetition.keyframes}
        for repetition in find_drop_landings(quantities.times_s, quantities.values)
    ]


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 120.0])
@pytest.mark.parametrize("take_off_s", [1.0, 1.013, 1.027])
def test_contact_and_depth_are_found_within_a_frame(rate_hz, take_off_s):
    drop = build_drop(rate_hz=rate_hz, take_off_s=take_off_s, noise_px=1.0)
    (landing,) = _find(drop.sequence)
    frame_s = 1.0 / rate_hz
    assert landing["initial_contact"].instant.time_s == pytest.approx(
        drop.contact_s, abs=max(0.02, frame_s)
    )
    assert landing["deepest_flexion"].instant.time_s == pytest.approx(
        drop.deepest_s, abs=0.03
    )
    assert landing["take_off"].instant.time_s == pytest.approx(
        drop.take_off_s, abs=0.12
    )


@pytest.mark.parametrize("frame_count", [0, 1, 2])
def test_a_few_frames_hold_no_landing(frame_count):
    quantities = compute_quantities(build_drop().sequence)
    short = {name: series[:frame_count] for name, series in quantities.values.items()}
    assert find_drop_landings(quantities.times_s[:frame_count], short) == []


def test_every_keyframe_of_a_landing_is_an_event_of_both_sides():
    (landing,) = _find(build_drop().sequence)
    assert {keyframe.method for keyframe in landing.values()} == {"event"}
    assert {keyframe.side for keyframe in landing.values()} == {"both"}
    assert all(keyframe.instant.error_s > 0.0 for keyframe in landing.values())


def test_a_window_that_starts_in_the_air_has_no_take_off():
    drop = build_drop(box_body_heights=0.6)
    late = drop.sequence.times_s > drop.take_off_s + 0.1
    sequence = type(drop.sequence)(
        times_s=drop.sequence.times_s[late],
        positions_px=drop.sequence.positions_px[late],
        confidence=drop.sequence.confidence[late],
        positions_m=None,
        width_px=2000,
        height_px=1000,
    )
    (landing,) = _find(sequence)
    assert set(landing) == {"initial_contact", "deepest_flexion"}


def test_standing_and_walking_are_no_landings():
    standing = build_drop(take_off_s=9.0, noise_px=1.0).sequence
    walking = build_walk(noise_px=2.0).sequence
    assert _find(standing) == []
    assert _find(walking) == []


def test_missing_feet_give_no_landing():
    drop = build_drop()
    quantities = compute_quantities(drop.sequence)
    blind = {
        name: np.full_like(series, np.nan)
        if "heel" in name or "toe" in name
        else series
        for name, series in quantities.values.items()
    }
    assert find_drop_landings(quantities.times_s, blind) == []
