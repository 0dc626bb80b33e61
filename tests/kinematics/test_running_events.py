import dataclasses

import numpy as np
import pytest

from sportsgpt_lib.kinematics.midstance import find_midstances
from sportsgpt_lib.kinematics.quantities import compute_quantities
from sportsgpt_lib.kinematics.running_events import find_running_events
from tests.oracles.force_plate_walks import read_events
from tests.oracles.full_body_run import film_from_the_other_side, read_run

TOLERANCE_S = 0.015
EVENTS = (("foot_strikes", "foot_strike"), ("toe_offs", "toe_off"))


@pytest.fixture(scope="module")
def folder(shared_data):
    return shared_data / "events_bmc_grf"


@pytest.fixture(scope="module")
def run(folder):
    return read_run(folder)


def _find(poses, *, without=()):
    quantities = compute_quantities(poses)
    values = {
        name: np.full_like(series, np.nan) if name in without else series
        for name, series in quantities.values.items()
    }
    midstances = find_midstances(quantities.times_s, values)
    return {
        side: find_running_events(quantities.times_s, values, side, midstances)
        for side in ("left", "right")
    }


def _compare(folder, events):
    """Deviation and stated error of the event nearest to each of the force plates."""
    compared = []
    for side in ("left", "right"):
        for attribute, name in EVENTS:
            found = getattr(events[side], attribute)
            for true_s in read_events(folder, "run", side, name):
                if found:
                    nearest = min(found, key=lambda one: abs(one.time_s - true_s))
                    compared.append((nearest.time_s - true_s, nearest.error_s))
    return np.array(compared).reshape(-1, 2)


@pytest.mark.parametrize("every", [1, 2, 3, 5], ids=["150", "75", "50", "30"])
@pytest.mark.parametrize("is_turned", [False, True])
def test_all_four_events_agree_with_force_plates(folder, run, every, is_turned):
    poses = run.as_poses(every=every)
    if is_turned:
        poses = film_from_the_other_side(poses)
    compared = _compare(folder, _find(poses))
    assert len(compared) == 4
    assert np.abs(compared[:, 0]).max() < TOLERANCE_S


@pytest.mark.parametrize("every", [1, 5], ids=["150", "30"])
def test_stated_errors_cover_true_ones_in_jitter(folder, run, every):
    compared = np.concatenate(
        [
            _compare(folder, _find(run.as_poses(every=every, noise_mm=15.0, seed=seed)))
            for seed in range(25)
        ]
    )
    assert len(compared) > 85
    share = np.mean(np.abs(compared[:, 0]) < 1.96 * compared[:, 1])
    assert 0.88 < share <= 1.0


def test_stated_errors_hold_those_of_the_methods(run):
    events = _find(run.as_poses())
    for foot in events.values():
        assert all(one.error_s > 0.008 for one in foot.toe_offs)
        assert all(one.error_s > 0.008 for one in foot.foot_strikes)


def test_without_heels_ankles_stand_in_with_a_wider_error(folder, run):
    heels = ("left_heel_height", "right_heel_height")
    compared = _compare(folder, _find(run.as_poses(), without=heels))
    assert len(compared) == 4
    assert (np.abs(compared[:, 0]) < 1.96 * compared[:, 1]).all()
    with_heels = _compare(folder, _find(run.as_poses()))
    assert compared[:, 1].sum() > with_heels[:, 1].sum()


def test_events_in_a_gap_are_not_reported(run):
    poses = run.as_poses()
    positions_px = poses.positions_px.copy()
    positions_px[np.abs(run.times_s - 0.40) < 0.07] = np.nan
    events = _find(dataclasses.replace(poses, positions_px=positions_px))
    assert not any(0.33 < one.time_s < 0.47 for one in events["left"].foot_strikes)
    assert len(events["left"].toe_offs) == 1


def test_a_recording_that_ends_before_the_swing_has_no_last_toe_off(run):
    early = run.times_s < 0.66
    poses = run.as_poses()
    events = _find(
        dataclasses.replace(
            poses,
            times_s=poses.times_s[early],
            positions_px=poses.positions_px[early],
            confidence=poses.confidence[early],
        )
    )
    assert events["left"].toe_offs == ()
    assert len(events["left"].foot_strikes) == 1


def test_no_midstance_gives_no_events(run):
    quantities = compute_quantities(run.as_poses())
    events = find_running_events(quantities.times_s, quantities.values, "left", [])
    assert events.foot_strikes == ()
    assert events.toe_offs == ()


def test_hidden_knees_and_feet_give_no_events(run):
    names = ("knee_flexion", "heel_height", "ankle_height", "toe_height")
    hidden = [f"left_{name}" for name in names]
    events = _find(run.as_poses(), without=(*hidden, "left_foot_forward"))
    assert events["left"].toe_offs == ()
    assert events["left"].foot_strikes == ()
    assert events["right"].toe_offs


def test_a_frame_beside_the_knees_extension_does_not_draw_toe_off_away(run):
    quantities = compute_quantities(run.as_poses())
    times_s, values = quantities.times_s, dict(quantities.values)
    given = find_midstances(times_s, values)
    (plain,) = find_running_events(times_s, values, "right", given).toe_offs
    knee_deg = values["right_knee_flexion"].copy()
    frame = int(np.argmin(np.abs(times_s - plain.time_s)))
    knee_deg[frame - 5] = knee_deg[frame] - 1.0
    values["right_knee_flexion"] = knee_deg
    (found,) = find_running_events(times_s, values, "right", given).toe_offs
    assert found.time_s == pytest.approx(plain.time_s, abs=0.004)
