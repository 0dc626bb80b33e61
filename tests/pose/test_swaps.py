"""Swaps put into a synthetic gait whose legs and arms cross in every stride."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS
from sportsgpt_lib.pose.swap_groups import GROUP_OF_PAIR, LEFT, RIGHT
from sportsgpt_lib.pose.swaps import SWAP_GROUPS, find_swaps, undo_swaps

TRUNK_PX = 120.0
LEGS = SWAP_GROUPS.index("legs")
ARMS = SWAP_GROUPS.index("arms")
ALL = tuple(range(len(SWAP_GROUPS)))

# Per joint: place along the body, swing and lift in trunk lengths, phase of the swing.
_JOINTS = {
    "eye": (-1.35, 0.0, 0.0, 0.0),
    "ear": (-1.35, 0.0, 0.0, 0.0),
    "shoulder": (-1.0, 0.08, 0.0, np.pi),
    "elbow": (-0.5, 0.3, 0.03, np.pi),
    "wrist": (-0.1, 0.55, 0.1, np.pi),
    "hip": (0.0, 0.04, 0.0, 0.0),
    "knee": (0.85, 0.4, 0.05, 0.0),
    "ankle": (1.7, 0.7, 0.15, -0.3),
    "heel": (1.8, 0.7, 0.18, -0.4),
    "big_toe": (1.85, 0.72, 0.12, -0.3),
}


def walk(
    *, rate_hz=60.0, duration_s=3.0, stride_hz=0.9, breadth=0.0, noise_px=1.5, seed=0
):
    """Walk; ``breadth`` sets the sides apart, as seen from in front."""
    times_s = np.arange(0.0, duration_s, 1.0 / rate_hz)
    positions = np.full((times_s.size, len(KEYPOINTS), 2), np.nan)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for joint, (down, swing, lift, phase) in _JOINTS.items():
            angle = 2 * np.pi * stride_hz * times_s + phase + (sign < 0) * np.pi
            column = KEYPOINT_INDEX[f"{side}_{joint}"]
            forward = 1.6 * stride_hz * times_s + swing * np.sin(angle)
            positions[:, column, 0] = forward + sign * breadth / 2
            positions[:, column, 1] = down - lift * np.maximum(np.cos(angle), 0.0)
    positions = 300.0 + TRUNK_PX * positions
    noise = np.random.default_rng(seed).normal(0, noise_px, positions.shape)
    confidence = np.where(np.isfinite(positions[..., 0]), 0.9, 0.0)
    return times_s, positions + noise, confidence


def exchange(positions, confidence, frames, groups=ALL):
    positions, confidence = positions.copy(), confidence.copy()
    for pair, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        if GROUP_OF_PAIR[pair] in groups:
            for values in (positions, confidence):
                values[np.ix_(frames, [left, right])] = values[
                    np.ix_(frames, [right, left])
                ].copy()
    return positions, confidence


@settings(deadline=None, max_examples=25)
@given(
    rate_hz=st.sampled_from([25.0, 30.0, 60.0, 120.0, 240.0]),
    stride_hz=st.floats(0.4, 1.5),
    breadth=st.floats(0.0, 0.5),
    seed=st.integers(0, 1000),
)
def test_legs_that_really_cross_are_left_alone(rate_hz, stride_hz, breadth, seed):
    found = find_swaps(
        *walk(rate_hz=rate_hz, stride_hz=stride_hz, breadth=breadth, seed=seed)
    )
    assert not found.is_swapped.any()


@settings(deadline=None, max_examples=25)
@given(
    rate_hz=st.sampled_from([25.0, 60.0, 240.0]),
    first=st.integers(5, 40),
    count=st.integers(1, 12),
    kind=st.sampled_from([("legs",), ("arms",), ("hips", "legs"), SWAP_GROUPS]),
    seed=st.integers(0, 1000),
)
def test_what_was_exchanged_comes_back_where_it_can_be_told(
    rate_hz, first, count, kind, seed
):
    times_s, positions, confidence = walk(rate_hz=rate_hz, seed=seed)
    frames = np.arange(first, first + count)
    groups = [SWAP_GROUPS.index(name) for name in kind]
    is_mine = [pair for pair, group in enumerate(GROUP_OF_PAIR) if group in groups]
    apart_px = np.hypot(
        *(positions[:, LEFT] - positions[:, RIGHT]).transpose(2, 0, 1)
    )  # (T, P)
    swapped = exchange(positions, confidence, frames, groups)
    repaired, _ = undo_swaps(*swapped, find_swaps(times_s, *swapped))
    # Where a burst begins or ends while the pairs lie on each other, nothing tells.
    edges = [first - 1, first, first + count - 1, first + count]
    if np.nanmax(apart_px[:, is_mine], axis=1)[edges].min() < 0.4 * TRUNK_PX:
        return
    error_px = np.abs(repaired - positions)[np.isfinite(positions)]
    assert error_px.max() < 0.15 * TRUNK_PX


@pytest.mark.parametrize("mirror", [1.0, -1.0])
@pytest.mark.parametrize("scale", [0.3, 1.0, 5.0])
def test_findings_do_not_depend_on_place_size_or_direction(mirror, scale):
    times_s, positions, confidence = walk()
    frames = np.r_[20, 51:56, 120:140]
    swapped, ratio = exchange(positions, confidence, frames, [LEGS])
    expected = find_swaps(times_s, swapped, ratio)
    assert expected.is_swapped[20, LEGS]
    moved = swapped * [mirror * scale, scale] + [700.0, -30.0]
    found = find_swaps(times_s, moved, ratio)
    np.testing.assert_array_equal(found.is_swapped, expected.is_swapped)
    np.testing.assert_allclose(found.certainty, expected.certainty, atol=1e-6)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_the_same_pictures_at_half_or_double_speed_give_the_same(factor):
    times_s, positions, confidence = walk()
    frames = np.r_[25, 48:53, 118:130]
    swapped = exchange(positions, confidence, frames, [LEGS])
    expected = find_swaps(times_s, *swapped).is_swapped
    found = find_swaps(factor * times_s, *swapped).is_swapped
    np.testing.assert_array_equal(found, expected)


def test_a_clip_exchanged_from_end_to_end_gives_nothing():
    times_s, positions, confidence = walk()
    swapped = exchange(positions, confidence, np.arange(times_s.size))
    assert not find_swaps(times_s, *swapped).is_swapped.any()


def test_a_single_frame_of_the_legs_is_found_and_nothing_else():
    times_s, positions, confidence = walk(rate_hz=30.0)
    swapped = exchange(positions, confidence, [40], [LEGS])
    found = find_swaps(times_s, *swapped)
    assert np.argwhere(found.is_swapped).tolist() == [[40, LEGS]]
    assert 0.97 < found.certainty[40, LEGS] < 0.99


def test_limbs_on_the_wrong_side_of_a_body_seen_from_in_front_are_found_for_good():
    # Most frames are exchanged, so only hips and trunk tell which side is right.
    times_s, positions, confidence = walk(rate_hz=30.0, breadth=0.5)
    frames = np.arange(30, times_s.size)
    assert frames.size > 0.6 * times_s.size
    swapped = exchange(positions, confidence, frames, [LEGS])
    found = find_swaps(times_s, *swapped).is_swapped
    assert np.flatnonzero(found[:, LEGS]).tolist() == frames.tolist()
    assert not found[:, ARMS].any()


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_point_that_lands_where_an_exchange_would_put_it_is_no_exchange(side):
    times_s, positions, confidence = walk(rate_hz=30.0, breadth=0.3)
    left, right = KEYPOINT_INDEX["left_shoulder"], KEYPOINT_INDEX["right_shoulder"]
    between = positions[40, left] - positions[40, right]
    sign = -2 if side == "left" else 2
    positions[40, left if side == "left" else right] += sign * between
    assert np.allclose(positions[40, left] - positions[40, right], -between)
    assert not find_swaps(times_s, positions, confidence).is_swapped.any()


def test_points_the_network_doubts_go_with_the_rest_of_the_body():
    times_s, positions, confidence = walk(rate_hz=30.0)
    arms = [KEYPOINT_INDEX[f"left_{joint}"] for joint in ("elbow", "wrist")]
    confidence[:, arms] = 0.05
    rng = np.random.default_rng(4)
    positions[:, arms] += rng.normal(0, 0.04 * TRUNK_PX, (times_s.size, 2, 2))
    assert not find_swaps(times_s, positions, confidence).is_swapped.any()
    frames = np.arange(40, 46)
    whole = exchange(positions, confidence, frames)
    found = find_swaps(times_s, *whole).is_swapped
    assert np.flatnonzero(found[:, LEGS]).tolist() == frames.tolist()
    assert found[frames, ARMS].sum() > 3


def test_a_third_of_the_frames_in_bursts_is_found():
    times_s, positions, confidence = walk(rate_hz=30.0, duration_s=6.0, breadth=0.3)
    rng = np.random.default_rng(3)
    starts = 6 + 12 * np.arange(14)
    frames = np.unique(
        np.concatenate([start + np.arange(rng.integers(2, 8)) for start in starts])
    )
    frames = frames[frames < times_s.size]
    assert 0.3 < frames.size / times_s.size < 0.4
    swapped = exchange(positions, confidence, frames)
    found = find_swaps(times_s, *swapped).is_swapped[:, LEGS]
    assert np.flatnonzero(found).tolist() == frames.tolist()


def test_a_swap_right_beside_a_crossing_is_told_by_the_speed():
    times_s, positions, confidence = walk(rate_hz=60.0, noise_px=0.5)
    ankles = [KEYPOINT_INDEX["left_ankle"], KEYPOINT_INDEX["right_ankle"]]
    apart_px = np.diff(positions[:, ankles, 0], axis=1)[:, 0]
    crossing = int(np.flatnonzero(apart_px[60:-1] * apart_px[61:] < 0)[0]) + 60
    frames = np.arange(crossing + 3, crossing + 9)
    swapped = exchange(positions, confidence, frames, [LEGS])
    found = find_swaps(times_s, *swapped).is_swapped[:, LEGS]
    assert np.flatnonzero(found).tolist() == frames.tolist()


def test_uneven_times_and_gaps_do_no_harm():
    times_s, positions, confidence = walk(rate_hz=120.0, duration_s=4.0)
    rng = np.random.default_rng(1)
    kept = np.sort(rng.choice(times_s.size, 200, replace=False))
    times_s, positions, confidence = times_s[kept], positions[kept], confidence[kept]
    is_lost = rng.random(confidence.shape) < 0.1
    positions[is_lost], confidence[is_lost] = np.nan, 0.0
    positions[100:115], confidence[100:115] = np.nan, 0.0
    assert not find_swaps(times_s, positions, confidence).is_swapped.any()
    frames = np.r_[30, 60:66, 150:158]
    swapped = exchange(positions, confidence, frames)
    repaired, ratio = undo_swaps(*swapped, find_swaps(times_s, *swapped))
    ankle = KEYPOINT_INDEX["left_ankle"]
    is_seen = np.isfinite(positions[:, ankle, 0]) & np.isfinite(repaired[:, ankle, 0])
    error_px = np.abs(repaired[is_seen, ankle] - positions[is_seen, ankle])
    assert np.mean(error_px.max(axis=1) > 0.1 * TRUNK_PX) < 0.02
    assert not find_swaps(times_s, repaired, ratio).is_swapped.any()


def test_points_on_each_other_are_never_flagged_and_carry_no_certainty():
    times_s, positions, confidence = walk()
    positions[:, RIGHT] = positions[:, LEFT]
    found = find_swaps(times_s, positions, confidence)
    assert not found.is_swapped.any()
    assert (found.certainty == 0.5).all()


@pytest.mark.parametrize("frame_count", [0, 1, 2, 3, 4])
def test_short_or_empty_clips_give_no_swap(frame_count):
    times_s, positions, confidence = walk()
    found = find_swaps(
        times_s[:frame_count], positions[:frame_count], confidence[:frame_count]
    )
    assert found.is_swapped.shape == (frame_count, len(SWAP_GROUPS))
    assert not found.is_swapped.any()


def test_nobody_seen_gives_no_swap():
    times_s, positions, confidence = walk()
    found = find_swaps(times_s, np.full_like(positions, np.nan), 0.0 * confidence)
    assert not found.is_swapped.any()
    assert (found.certainty == 0.5).all()


def test_a_missing_point_changes_sides_with_its_label():
    times_s, positions, confidence = walk(rate_hz=30.0)
    left, right = KEYPOINT_INDEX["left_heel"], KEYPOINT_INDEX["right_heel"]
    positions[40, left], confidence[40, left] = np.nan, 0.0
    swapped = exchange(positions, confidence, [40], [LEGS])
    assert np.isnan(swapped[0][40, right]).all()
    repaired, ratio = undo_swaps(*swapped, find_swaps(times_s, *swapped))
    np.testing.assert_array_equal(repaired[40], positions[40])
    np.testing.assert_array_equal(ratio[40], confidence[40])


def test_input_arrays_are_left_alone():
    times_s, positions, confidence = walk()
    swapped, ratio = exchange(positions, confidence, [40, 41], [ARMS])
    before = swapped.copy(), ratio.copy()
    undo_swaps(swapped, ratio, find_swaps(times_s, swapped, ratio))
    np.testing.assert_array_equal(swapped, before[0])
    np.testing.assert_array_equal(ratio, before[1])


def test_arrays_that_do_not_fit_are_named():
    times_s, positions, confidence = walk()
    with pytest.raises(
        PoseInputError, match=r"positions_px has the shape \(180, 17, 2"
    ):
        find_swaps(times_s, positions[:, :17], confidence)
    with pytest.raises(PoseInputError, match="does not increase"):
        find_swaps(times_s[::-1], positions, confidence)
