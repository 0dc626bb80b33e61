import numpy as np
import pytest

from sportsgpt_lib.alignment.search import Candidate, find_candidates
from sportsgpt_lib.alignment.warping import align_cycle

STRIDE_S = 1.1


def _deviations_s(cycles, reference, stride_s=STRIDE_S):
    starts_s = (np.arange(0, 20) - 0.3) * stride_s
    places = {(k.name, k.leg): k.cycle_pct / 100.0 for k in reference.file.keyframes}
    deviations = []
    for cycle in cycles:
        found_s = cycle.instants["foot_strike", "own"].time_s
        start_s = starts_s[np.argmin(np.abs(starts_s - found_s))]
        deviations += [
            instant.time_s - (start_s + places[key] * stride_s)
            for key, instant in cycle.instants.items()
        ]
    return np.array(deviations)


def _align_all(times_s, angles_deg, reference, scaling):
    cycles = [
        align_cycle(times_s, angles_deg, candidate, reference, scaling)
        for candidate in find_candidates(times_s, angles_deg, reference, scaling)
    ]
    return [cycle for cycle in cycles if ("foot_strike", "own") in cycle.instants]


@pytest.mark.parametrize("rate_hz", [25.0, 30.0, 60.0, 240.0])
def test_clean_keyframes_are_placed_between_frames(
    walk_angles, reference, scaling, rate_hz
):
    cycles = _align_all(*walk_angles(rate_hz=rate_hz), reference, scaling)
    deviations_s = _deviations_s(cycles, reference)
    assert len(cycles) >= 2
    assert np.abs(deviations_s).max() < 0.012


def test_noise_gaps_and_a_personal_style_cost_little(walk_angles, reference, scaling):
    times_s, angles_deg = walk_angles(noise_deg=4.0, seed=3)
    styled = 1.2 * angles_deg + np.array([8.0, -5.0, 6.0, -4.0, 7.0, -6.0])
    styled[40:44] = np.nan
    styled[60:75, 4] = np.nan
    cycles = _align_all(times_s, styled, reference, scaling)
    deviations_s = _deviations_s(cycles, reference)
    assert len(cycles) >= 2
    assert np.abs(deviations_s).mean() < 0.02
    assert np.abs(deviations_s).max() < 0.07


def test_the_stated_errors_cover_the_true_ones(walk_angles, reference, scaling):
    ratios = []
    for seed in range(6):
        cycles = _align_all(*walk_angles(noise_deg=5.0, seed=seed), reference, scaling)
        errors_s = [i.error_s for cycle in cycles for i in cycle.instants.values()]
        ratios += list(_deviations_s(cycles, reference) / np.array(errors_s))
    assert np.mean(np.abs(ratios) < 1.96) >= 0.95


def test_a_stride_cut_off_by_the_end_of_the_film_keeps_no_keyframe_there(
    walk_angles, reference, scaling
):
    times_s, angles_deg = walk_angles(duration_s=2.85)
    last_true_s = 1.7 * STRIDE_S + STRIDE_S
    cut = times_s < last_true_s - 0.05
    candidate = Candidate(1.7 * STRIDE_S, float(times_s[cut][-1]), 0.05)
    cycle = align_cycle(times_s[cut], angles_deg[cut], candidate, reference, scaling)
    assert ("next_foot_strike", "own") not in cycle.instants


def test_an_identical_motion_costs_nothing_and_a_noisy_one_more(
    walk_angles, reference, scaling
):
    candidate = Candidate(0.7 * STRIDE_S, 1.7 * STRIDE_S, 0.0)
    clean = align_cycle(*walk_angles(rate_hz=120.0), candidate, reference, scaling)
    noisy = align_cycle(
        *walk_angles(rate_hz=120.0, noise_deg=4.0), candidate, reference, scaling
    )
    assert clean.cost < 0.005
    assert noisy.cost > 3.0 * clean.cost
