from itertools import pairwise

import numpy as np
import pytest

from sportsgpt_lib.alignment.search import find_candidates


@pytest.mark.parametrize("stride_s", [0.75, 1.1, 1.6])
@pytest.mark.parametrize("rate_hz", [30.0, 120.0])
def test_every_whole_stride_is_found_at_any_speed_and_frame_rate(
    walk_angles, reference, scaling, stride_s, rate_hz
):
    times_s, angles_deg = walk_angles(stride_s=stride_s, rate_hz=rate_hz, noise_deg=3.0)
    found = find_candidates(times_s, angles_deg, reference, scaling)
    starts_s = (np.arange(1, 20) - 0.3) * stride_s
    whole_s = starts_s[starts_s + stride_s < times_s[-1] - 0.1]
    found_s = np.array([candidate.start_s for candidate in found])
    assert np.abs(found_s[:, np.newaxis] - whole_s).min(axis=0).max() < 0.12
    assert len(found) <= whole_s.size + 1


def test_strides_do_not_overlap_and_come_in_order(walk_angles, reference, scaling):
    found = find_candidates(*walk_angles(noise_deg=5.0), reference, scaling)
    for first, second in pairwise(found):
        assert second.start_s > first.start_s
        assert first.end_s - second.start_s < 0.35 * first.duration_s


@pytest.mark.parametrize(
    "kind", ["still", "squat", "noise", "backwards", "one leg copied"]
)
def test_another_movement_is_not_found(walk_angles, reference, scaling, kind):
    times_s, walk_deg = walk_angles(noise_deg=2.0, duration_s=8.0)
    rng = np.random.default_rng(4)
    squat_deg = 45.0 * (1.0 - np.cos(2.0 * np.pi * times_s / 2.5))
    angles_deg = {
        "still": 2.0 * rng.standard_normal(walk_deg.shape),
        "squat": np.outer(squat_deg, [0.6, 1.0, 0.3] * 2),
        "noise": 20.0 * rng.standard_normal(walk_deg.shape),
        "backwards": walk_deg[::-1].copy(),
        "one leg copied": np.concatenate([walk_deg[:, :3], walk_deg[:, :3]], axis=1),
    }[kind]
    assert find_candidates(times_s, angles_deg, reference, scaling) == []


def test_a_recording_shorter_than_half_a_stride_or_without_poses_holds_none(
    walk_angles, reference, scaling
):
    times_s, angles_deg = walk_angles()
    assert find_candidates(times_s[:9], angles_deg[:9], reference, scaling) == []
    unseen = np.full_like(angles_deg, np.nan)
    assert find_candidates(times_s, unseen, reference, scaling) == []
