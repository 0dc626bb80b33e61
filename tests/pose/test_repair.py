import numpy as np
import pytest

from sportsgpt_lib.pose.repair import (
    RepairRules,
    find_outliers,
    repair_poses,
    smooth_positions,
)
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS
from sportsgpt_lib.storage.tables import ATHLETE_POSES

RATE_HZ = 60.0
RULES = RepairRules()
KNEE = KEYPOINT_INDEX["left_knee"]
TRUNK_PX = 100.0


def walk_like(frame_count: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All joints swing at 1 Hz and 40 px; the trunk is 100 px long."""
    times_s = np.arange(frame_count) / RATE_HZ
    swing = 40 * np.sin(2 * np.pi * times_s)
    positions = np.zeros((frame_count, len(KEYPOINTS), 2))
    positions[:, :, 0] = 300 + 100 * times_s[:, None] + swing[:, None]
    positions[:, :, 1] = 400 + swing[:, None]
    positions[:, KEYPOINT_INDEX["neck"], 1] -= TRUNK_PX
    return times_s, positions, np.full(positions.shape[:2], 0.9)


def test_clean_motion_is_hardly_changed_and_nothing_is_reported() -> None:
    times_s, positions, confidence = walk_like()
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert set(repaired.repair.ravel()) == {"none"}
    inner = slice(10, -10)
    error_px = np.abs(repaired.positions_px - positions)[inner].max()
    assert error_px < 0.3
    assert np.array_equal(repaired.confidence, confidence)


def test_input_arrays_are_left_alone() -> None:
    times_s, positions, confidence = walk_like()
    positions[5, KNEE] += 300
    before = positions.copy()
    repair_poses(times_s, positions, confidence, RULES)
    assert np.array_equal(positions, before)


def test_a_single_outlier_is_dropped_and_filled() -> None:
    times_s, clean, confidence = walk_like()
    positions = clean.copy()
    positions[50, KNEE] += (90.0, 0.0)
    assert np.argwhere(find_outliers(times_s, positions, RULES)).tolist() == [
        [50, KNEE]
    ]
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert repaired.repair[50, KNEE] == "outlier_filled"
    assert repaired.confidence[50, KNEE] == 0.0
    assert repaired.positions_px[50, KNEE] == pytest.approx(clean[50, KNEE], abs=1.0)


def test_an_outlier_beside_a_long_gap_is_reported_as_dropped() -> None:
    times_s, positions, confidence = walk_like()
    positions[60:90, KNEE] = np.nan
    positions[59, KNEE] += (90.0, 0.0)
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert repaired.repair[59, KNEE] == "outlier_dropped"
    assert np.isnan(repaired.positions_px[59, KNEE]).all()


def test_doubtful_points_are_dropped() -> None:
    times_s, positions, confidence = walk_like()
    confidence[30:60, KNEE] = 0.1
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert set(repaired.repair[30:60, KNEE]) == {"low_confidence_dropped"}
    assert np.isnan(repaired.positions_px[30:60, KNEE]).all()
    assert (repaired.confidence[30:60, KNEE] == 0).all()


def test_a_doubtful_point_that_is_filled_says_both() -> None:
    times_s, clean, confidence = walk_like()
    positions = clean.copy()
    positions[52, KNEE] = np.nan
    positions[53, KNEE] += 50.0
    confidence[53, KNEE] = 0.1
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert repaired.repair[52:54, KNEE].tolist() == [
        "gap_filled",
        "low_confidence_filled",
    ]
    assert repaired.confidence[52:54, KNEE].tolist() == [0.0, 0.0]
    assert np.abs(repaired.positions_px[53, KNEE] - clean[53, KNEE]).max() < 4


def test_every_word_is_one_of_the_table_contract() -> None:
    times_s, positions, confidence = walk_like()
    positions[10, KNEE] = np.nan
    positions[20, KNEE] += 90.0
    confidence[30, KNEE] = 0.1
    confidence[60:90, KNEE] = 0.1
    positions[58, KNEE] += 90.0
    positions[59, KNEE] = np.nan
    words = set(repair_poses(times_s, positions, confidence, RULES).repair.ravel())
    column = next(part for part in ATHLETE_POSES.columns if part.name == "repair")
    assert words - {"none"} == {*column.allowed} - {"none", "swapped"}


def test_gaps_are_filled_up_to_the_stated_length_only() -> None:
    times_s, clean, confidence = walk_like()
    positions = clean.copy()
    longest = int(RULES.max_gap_s * RATE_HZ) - 1
    positions[20 : 20 + longest, KNEE] = np.nan
    positions[70 : 70 + longest + 1, KNEE] = np.nan
    repaired = repair_poses(times_s, positions, confidence, RULES)
    filled, left = (
        repaired.positions_px[20 : 20 + longest, KNEE],
        slice(70, 71 + longest),
    )
    assert np.abs(filled - clean[20 : 20 + longest, KNEE]).max() < 4
    assert set(repaired.repair[20 : 20 + longest, KNEE]) == {"gap_filled"}
    assert np.isnan(repaired.positions_px[left, KNEE]).all()
    assert set(repaired.repair[left, KNEE]) == {"none"}


def test_gaps_at_the_ends_are_never_filled() -> None:
    times_s, positions, confidence = walk_like()
    positions[:2, KNEE] = np.nan
    positions[-2:, KNEE] = np.nan
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert np.isnan(repaired.positions_px[[0, 1, -2, -1], KNEE]).all()


def test_the_filter_does_not_reach_across_a_gap() -> None:
    times_s, positions, confidence = walk_like()
    positions[40:70, KNEE] = np.nan
    moved = positions.copy()
    moved[70:, KNEE] += 500.0
    first = repair_poses(times_s, positions, confidence, RULES)
    second = repair_poses(times_s, moved, confidence, RULES)
    assert np.array_equal(first.positions_px[:40, KNEE], second.positions_px[:40, KNEE])


def test_the_filter_halves_the_power_at_its_cutoff_and_does_not_shift() -> None:
    times_s = np.arange(600) / 120.0
    wave = np.column_stack([np.sin(2 * np.pi * 6.0 * times_s), np.zeros(600)])
    smoothed = smooth_positions(times_s, wave, 6.0)[100:-100, 0]
    gain = np.ptp(smoothed) / 2
    assert gain == pytest.approx(np.sqrt(0.5), abs=0.02)
    shift = np.argmax(np.correlate(smoothed, wave[100:-100, 0], "full")) - 399
    assert shift == 0


def test_uneven_frames_are_smoothed_in_time() -> None:
    times_s = np.cumsum(np.where(np.arange(200) % 2, 0.01, 0.03))
    wave = np.column_stack([50 * np.sin(2 * np.pi * times_s), times_s])
    noise = np.random.default_rng(4).normal(0, 2, wave.shape)
    smoothed = smooth_positions(times_s, wave + noise, 6.0)
    error = np.abs(smoothed - wave)[10:-10].std()
    assert error < 0.7 * noise[10:-10].std()


def test_too_short_a_piece_stays_as_it_is() -> None:
    times_s = np.arange(5) / 30
    piece = np.arange(10.0).reshape(5, 2)
    assert np.array_equal(smooth_positions(times_s, piece, 6.0), piece)


def test_too_low_a_frame_rate_stays_as_it_is() -> None:
    times_s = np.arange(40) / 10.0
    piece = np.random.default_rng(1).normal(size=(40, 2))
    assert np.array_equal(smooth_positions(times_s, piece, 6.0), piece)


def test_joints_that_were_never_seen_stay_missing_without_a_word() -> None:
    times_s, positions, confidence = walk_like()
    head = KEYPOINT_INDEX["head"]
    positions[:, head] = np.nan
    confidence[:, head] = 0.0
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert np.isnan(repaired.positions_px[:, head]).all()
    assert set(repaired.repair[:, head]) == {"none"}
