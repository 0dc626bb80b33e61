import numpy as np
import pytest

from sportsgpt_lib.kinematics.camera_roll import turn_upright
from sportsgpt_lib.kinematics.floor import (
    FOOT_POINTS,
    _estimate_trend,
    find_floor_line,
)
from sportsgpt_lib.kinematics.quantities import compute_quantities
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from tests.oracles.landing import build_drop
from tests.oracles.walking import FLOOR_PX, HEIGHT_PX, STATURE_PX, WIDTH_PX, build_walk


def test_the_floor_lies_under_the_standing_feet():
    sequence = build_walk(noise_px=3.0).sequence
    floor = find_floor_line(sequence.times_s, sequence.positions_px, STATURE_PX)
    heights_px = floor.compute_heights_px(
        np.array([[300.0, FLOOR_PX], [1500.0, FLOOR_PX]])
    )
    assert np.abs(heights_px).max() < 0.02 * STATURE_PX


def test_a_tilted_camera_gives_a_tilted_floor():
    sequence = build_walk(noise_px=1.0).sequence
    tilted_px = sequence.positions_px.copy()
    tilted_px[..., 1] += 0.05 * tilted_px[..., 0]
    floor = find_floor_line(sequence.times_s, tilted_px, STATURE_PX)
    assert floor.slope == pytest.approx(0.05, abs=0.01)


def test_the_floor_of_a_landing_is_below_the_box():
    drop = build_drop(noise_px=1.0)
    floor = find_floor_line(drop.sequence.times_s, drop.sequence.positions_px, 500.0)
    assert floor.level_px == pytest.approx(900.0, abs=5.0)


def test_no_floor_is_invented_for_feet_that_never_stand():
    sequence = build_walk().sequence
    moving_px = sequence.positions_px.copy()
    moving_px[..., 0] += 3000.0 * sequence.times_s[:, np.newaxis]
    moving_px[..., 1] -= 900.0 * sequence.times_s[:, np.newaxis]
    assert find_floor_line(sequence.times_s, moving_px, STATURE_PX) is None


def test_each_foot_is_on_the_ground_for_about_sixty_percent_of_a_stride():
    quantities = compute_quantities(build_walk(duration_s=5.5, noise_px=1.0).sequence)
    for side in ("left", "right"):
        share = np.nanmean(quantities.values[f"{side}_ground_contact"])
        assert 0.45 < share < 0.70


def test_the_floors_error_grows_with_the_noise_and_never_below_the_soles():
    errors_px = []
    for noise_px in (0.0, 12.0):
        sequence = build_walk(noise_px=noise_px).sequence
        floor = find_floor_line(sequence.times_s, sequence.positions_px, STATURE_PX)
        errors_px.append(floor.error_px)
    assert 0.01 * STATURE_PX <= errors_px[0] < errors_px[1]


def test_the_slopes_error_covers_the_slope_of_a_level_floor():
    slopes, errors = [], []
    for seed in range(20):
        sequence = build_walk(noise_px=6.0, seed=seed).sequence
        floor = find_floor_line(sequence.times_s, sequence.positions_px, STATURE_PX)
        slopes.append(floor.slope)
        errors.append(floor.slope_error)
    assert np.mean(np.abs(slopes) < 2.0 * np.array(errors)) >= 0.9


def test_no_slope_is_claimed_for_feet_that_kept_to_one_place():
    drop = build_drop(noise_px=1.0)
    floor = find_floor_line(drop.sequence.times_s, drop.sequence.positions_px, 500.0)
    assert not floor.is_slope_measured
    assert floor.slope_error is None


@pytest.mark.parametrize("roll_deg", [-15.0, -8.0, 7.0, 12.0])
def test_a_steep_floor_is_found_over_the_whole_way(roll_deg):
    sequence = build_walk(noise_px=2.0).sequence
    rolled_px = turn_upright(sequence.positions_px, -roll_deg, (WIDTH_PX, HEIGHT_PX))
    floor = find_floor_line(sequence.times_s, rolled_px, STATURE_PX)
    assert floor.slope_deg == pytest.approx(-roll_deg, abs=0.5)
    assert floor.is_slope_measured
    assert not floor.is_too_steep


def test_a_box_and_the_floor_beside_it_are_no_slope():
    times_s, positions_px = _stand_at([(0.0, 0.5), (0.9, 0.0), (1.3, 0.0)])
    floor = find_floor_line(times_s, positions_px, STATURE_PX)
    assert floor.level_px == pytest.approx(FLOOR_PX, abs=1.0)
    assert floor.slope_deg == pytest.approx(0.0, abs=0.1)


def test_stairs_are_steeper_than_any_floor():
    steps = [(0.17 * n, 0.1 * n) for n in range(8)]
    floor = find_floor_line(*_stand_at(steps), STATURE_PX)
    assert floor.is_too_steep


def _stand_at(stands, frames_each=15):
    """Feet that stand at places, forward and up in body heights, one after another."""
    standing_px = build_walk().sequence.positions_px[0]
    feet = [KEYPOINT_INDEX[name] for name in FOOT_POINTS]
    heel_px, toe_px = standing_px[feet[:2]] * [1, 0] + [0, FLOOR_PX]
    positions_px = np.empty((len(stands) * frames_each, *standing_px.shape))
    for row, (forward, up) in enumerate(stands):
        rows = slice(row * frames_each, (row + 1) * frames_each)
        positions_px[rows] = standing_px
        positions_px[rows, feet] = [heel_px, toe_px, heel_px, toe_px]
        positions_px[rows] += np.array([forward, -up]) * STATURE_PX
    return np.arange(len(positions_px)) / 30.0, positions_px


def test_the_slope_of_a_way_is_the_same_from_either_side():
    rng = np.random.default_rng(5)
    along_px = rng.uniform(0.0, 2000.0, 12)
    places_px = np.stack([along_px, 0.1 * along_px + rng.normal(0.0, 4.0, 12)], axis=1)
    mirrored_px = places_px * [-1.0, 1.0]
    trend = _estimate_trend(places_px, 400.0)
    assert trend == pytest.approx(0.1, abs=0.01)
    assert _estimate_trend(mirrored_px, 400.0) == pytest.approx(-trend)
