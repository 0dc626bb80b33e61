import numpy as np
import pytest

from benchmarks.pose.angles import TUNING_NAMES
from benchmarks.pose.motions import load_motions
from benchmarks.pose.side_camera import SightRules, film_from_side, see_with_network
from sportsgpt_lib.pose.cutoff import FALLBACK_CUTOFF_HZ
from sportsgpt_lib.pose.repair import RepairRules, repair_poses
from sportsgpt_lib.pose.sides import UndoneSides, leave_sides
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS
from sportsgpt_lib.storage.tables import ATHLETE_POSES
from tests.oracles.walking import build_walk

RATE_HZ = 60.0
RULES = RepairRules()
KNEE, OTHER_KNEE = KEYPOINT_INDEX["left_knee"], KEYPOINT_INDEX["right_knee"]
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


def records_of(repaired, rule, joint=KNEE):
    return [
        repair
        for repair in repaired.repairs
        if repair.rule == rule and repair.keypoint == KEYPOINTS[joint]
    ]


def ranges_of(repaired, rule, joint=KNEE):
    return [(r.first_frame, r.last_frame) for r in records_of(repaired, rule, joint)]


def exchange_knees(times_s, positions_px, confidence):
    """A SidesUndoer that knows: the knees of frames 30 to 39 are exchanged."""
    positions, sureness = positions_px.copy(), confidence.copy()
    positions[30:40, [KNEE, OTHER_KNEE]] = positions_px[30:40, [OTHER_KNEE, KNEE]]
    sureness[30:40, [KNEE, OTHER_KNEE]] = confidence[30:40, [OTHER_KNEE, KNEE]]
    is_swapped = np.zeros(confidence.shape, dtype=bool)
    is_swapped[30:40, [KNEE, OTHER_KNEE]] = True
    return UndoneSides(positions, sureness, is_swapped, np.full(confidence.shape, 0.8))


def test_clean_motion_is_hardly_changed_and_only_smoothing_is_recorded() -> None:
    times_s, positions, confidence = walk_like()
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert set(repaired.repair.ravel()) == {"none"}
    assert {repair.rule for repair in repaired.repairs} == {"low_pass_filtered"}
    error_px = np.abs(repaired.positions_px - positions)[10:-10].max()
    assert error_px < 0.3
    assert np.array_equal(repaired.confidence, confidence)


def test_input_arrays_are_left_alone() -> None:
    times_s, positions, confidence = walk_like()
    positions[5, KNEE] += 300
    before = positions.copy()
    repair_poses(times_s, positions, confidence, RULES)
    assert np.array_equal(positions, before)


def test_a_single_outlier_is_dropped_filled_and_recorded_twice() -> None:
    times_s, clean, confidence = walk_like()
    positions = clean.copy()
    positions[50, KNEE] += (90.0, 0.0)
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert repaired.repair[50, KNEE] == "outlier_filled"
    assert repaired.confidence[50, KNEE] == 0.0
    assert repaired.positions_px[50, KNEE] == pytest.approx(clean[50, KNEE], abs=1.0)
    (dropped,) = records_of(repaired, "outlier_dropped")
    assert (dropped.first_frame, dropped.last_frame) == (50, 50)
    assert dropped.before_px == pytest.approx(positions[50, KNEE])
    assert np.isnan(dropped.after_px).all()
    (filled,) = records_of(repaired, "gap_filled")
    assert np.isnan(filled.before_px).all()
    assert filled.after_px == pytest.approx(clean[50, KNEE], abs=1.0)


def test_the_farther_an_outlier_the_surer_its_record() -> None:
    times_s, positions, confidence = walk_like()
    positions[30, KNEE] += (60.0, 0.0)
    positions[80, KNEE] += (300.0, 0.0)
    repaired = repair_poses(times_s, positions, confidence, RULES)
    near, far = records_of(repaired, "outlier_dropped")
    assert 0.4 <= near.confidence_ratio < far.confidence_ratio < 1


def test_an_outlier_is_called_as_sure_as_such_points_are_wrong(shared_data) -> None:
    claimed, is_off = [], []
    for motion in load_motions(shared_data):
        if motion.name in TUNING_NAMES:
            continue
        truth = film_from_side(motion, RATE_HZ)
        trunk_px = np.median(
            np.linalg.norm(
                truth.positions_px[:, KEYPOINT_INDEX["neck"]]
                - truth.positions_px[:, KEYPOINT_INDEX["hip"]],
                axis=1,
            )
        )
        for seed in range(12):
            seen = see_with_network(
                truth, seed=seed, rules=SightRules(swaps_per_s=0.0)
            ).sequence
            repaired = repair_poses(
                seen.times_s,
                seen.positions_px,
                seen.confidence,
                RULES,
                undo_sides=leave_sides,
            )
            for record in repaired.repairs:
                if record.rule != "outlier_dropped":
                    continue
                place = record.first_frame, KEYPOINT_INDEX[record.keypoint]
                miss_px = np.linalg.norm(record.before_px - truth.positions_px[place])
                if record.first_frame == record.last_frame:
                    claimed.append(record.confidence_ratio)
                    is_off.append(miss_px > 0.1 * trunk_px)
    near = np.array(claimed) < 0.7
    assert near.sum() >= 30
    for part in (near, ~near):
        assert np.mean(np.array(claimed)[part]) == pytest.approx(
            np.mean(np.array(is_off)[part]), abs=0.2 if part is near else 0.03
        )


@pytest.mark.parametrize(
    ("frame_count", "rate_hz"),
    [(200, 8.0), (200, 10.0), (300, 12.0), (200, 15.0), (200, 18.0), (12, 15.0)],
)
def test_a_low_frame_rate_lowers_the_cutoff_and_the_record_says_so(
    frame_count, rate_hz
) -> None:
    _, positions, confidence = walk_like(frame_count)
    times_s = np.arange(frame_count) / rate_hz
    positions[:, KNEE, 0] = 40 * np.sin(2 * np.pi * 0.5 * times_s)
    clean = positions.copy()
    positions += np.random.default_rng(3).normal(0.0, 2.0, positions.shape)
    repaired = repair_poses(
        times_s, positions, confidence, RULES, undo_sides=leave_sides
    )
    (record,) = records_of(repaired, "low_pass_filtered")
    assert (record.first_frame, record.last_frame) == (0, frame_count - 1)
    assert record.cutoff_hz <= 0.3208 * rate_hz + 1e-9
    if rate_hz < 13.0:
        assert record.reason == (
            "the frame rate is too low to tell movement from noise; "
            "the cut-off is the highest that the frame rate carries"
        )
    before_px, after_px = (
        np.std((x - clean)[1:-1, KNEE]) for x in (positions, repaired.positions_px)
    )
    assert after_px < 0.95 * before_px


def test_a_stated_cutoff_above_the_frame_rates_reach_is_lowered_and_says_so() -> None:
    _, positions, confidence = walk_like()
    positions += np.random.default_rng(3).normal(0.0, 2.0, positions.shape)
    repaired = repair_poses(
        np.arange(120) / 10.0,
        positions,
        confidence,
        RepairRules(fixed_cutoff_hz=6.0),
        undo_sides=leave_sides,
    )
    (record,) = records_of(repaired, "low_pass_filtered")
    assert record.cutoff_hz == pytest.approx(3.208)
    assert record.reason == (
        "the cut-off was stated; the cut-off is the highest that the frame rate carries"
    )


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_a_piece_of_three_or_more_points_is_smoothed(count) -> None:
    times_s, positions, confidence = walk_like()
    positions += np.random.default_rng(3).normal(0.0, 2.0, positions.shape)
    positions[count:40, KNEE] = np.nan
    repaired = repair_poses(
        times_s, positions, confidence, RULES, undo_sides=leave_sides
    )
    expected = [(0, count - 1)] if count >= 3 else []
    assert ranges_of(repaired, "low_pass_filtered") == [*expected, (40, 119)]


def test_an_outlier_beside_a_long_gap_is_reported_as_dropped() -> None:
    times_s, positions, confidence = walk_like()
    positions[60:90, KNEE] = np.nan
    positions[59, KNEE] += (90.0, 0.0)
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert repaired.repair[59, KNEE] == "outlier_dropped"
    assert np.isnan(repaired.positions_px[59, KNEE]).all()
    assert ranges_of(repaired, "gap_left_open") == [(59, 89)]


def test_doubtful_points_are_dropped_as_surely_as_the_network_doubts() -> None:
    times_s, positions, confidence = walk_like()
    confidence[30:60, KNEE] = 0.1
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert set(repaired.repair[30:60, KNEE]) == {"low_confidence_dropped"}
    assert np.isnan(repaired.positions_px[30:60, KNEE]).all()
    assert (repaired.confidence[30:60, KNEE] == 0).all()
    (record,) = records_of(repaired, "low_confidence_dropped")
    assert (record.first_frame, record.last_frame) == (30, 59)
    assert record.confidence_ratio == pytest.approx(0.9)
    assert record.before_px == pytest.approx(positions[30:60, KNEE].mean(axis=0))


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
    assert ranges_of(repaired, "gap_filled") == [(52, 53)]
    assert ranges_of(repaired, "low_confidence_dropped") == [(53, 53)]


def test_every_word_is_one_of_the_table_contract() -> None:
    times_s, positions, confidence = walk_like()
    positions[10, KNEE] = np.nan
    positions[20, KNEE] += 90.0
    confidence[30, KNEE] = 0.1
    confidence[60:90, KNEE] = 0.1
    positions[58, KNEE] += 90.0
    positions[59, KNEE] = np.nan
    repaired = repair_poses(
        times_s, positions, confidence, RULES, undo_sides=exchange_knees
    )
    column = next(part for part in ATHLETE_POSES.columns if part.name == "repair")
    assert set(repaired.repair.ravel()) == {*column.allowed}


def test_gaps_are_filled_up_to_the_stated_length_only() -> None:
    times_s, clean, confidence = walk_like()
    positions = clean.copy()
    longest = int(RULES.max_gap_s * RATE_HZ) - 1
    positions[20 : 20 + longest, KNEE] = np.nan
    positions[70 : 70 + longest + 1, KNEE] = np.nan
    repaired = repair_poses(times_s, positions, confidence, RULES)
    filled = repaired.positions_px[20 : 20 + longest, KNEE]
    left = slice(70, 71 + longest)
    assert np.abs(filled - clean[20 : 20 + longest, KNEE]).max() < 4
    assert set(repaired.repair[20 : 20 + longest, KNEE]) == {"gap_filled"}
    assert np.isnan(repaired.positions_px[left, KNEE]).all()
    assert set(repaired.repair[left, KNEE]) == {"none"}
    assert ranges_of(repaired, "gap_filled") == [(20, 19 + longest)]
    assert ranges_of(repaired, "gap_left_open") == [(70, 70 + longest)]


def test_a_longer_filling_is_less_sure() -> None:
    times_s, positions, confidence = walk_like()
    positions[20, KNEE] = np.nan
    positions[70:80, KNEE] = np.nan
    repaired = repair_poses(times_s, positions, confidence, RULES)
    short, long = records_of(repaired, "gap_filled")
    assert 1 > short.confidence_ratio > long.confidence_ratio > 0.5


def test_gaps_at_the_ends_are_never_filled() -> None:
    times_s, positions, confidence = walk_like()
    positions[:2, KNEE] = np.nan
    positions[-2:, KNEE] = np.nan
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert np.isnan(repaired.positions_px[[0, 1, -2, -1], KNEE]).all()
    assert ranges_of(repaired, "gap_left_open") == [(0, 1), (118, 119)]


@pytest.mark.parametrize("rules", [RULES, RepairRules(fixed_cutoff_hz=6.0)])
def test_the_filter_does_not_reach_across_a_gap(rules) -> None:
    times_s, positions, confidence = walk_like(240)
    positions[100:130, KNEE] = np.nan
    moved = positions.copy()
    moved[130:, KNEE] += 500.0
    first = repair_poses(times_s, positions, confidence, rules)
    second = repair_poses(times_s, moved, confidence, rules)
    assert np.array_equal(
        first.positions_px[:100, KNEE], second.positions_px[:100, KNEE]
    )
    assert ranges_of(first, "low_pass_filtered") == [(0, 99), (130, 239)]


def test_a_pause_between_frames_is_a_gap_to_the_filter() -> None:
    times_s, positions, confidence = walk_like(240)
    times_s[120:] += 1.0
    moved = positions.copy()
    moved[120:] += 500.0
    first = repair_poses(times_s, positions, confidence, RULES)
    second = repair_poses(times_s, moved, confidence, RULES)
    assert np.array_equal(first.positions_px[:115], second.positions_px[:115])
    assert ranges_of(first, "low_pass_filtered") == [(0, 119), (120, 239)]


def test_each_joint_gets_a_cutoff_of_its_own() -> None:
    times_s, positions, confidence = walk_like(600)
    chance = np.random.default_rng(3)
    positions += chance.normal(0.0, 2.0, positions.shape)
    positions[:, KNEE, 0] += 30 * np.sin(2 * np.pi * 6.0 * times_s)
    repaired = repair_poses(
        times_s, positions, confidence, RULES, undo_sides=leave_sides
    )
    (quick,) = records_of(repaired, "low_pass_filtered")
    (slow,) = records_of(repaired, "low_pass_filtered", OTHER_KNEE)
    assert quick.cutoff_hz >= slow.cutoff_hz + 2.0
    assert slow.confidence_ratio > 0.5
    assert quick.reason is None


def test_a_short_piece_gets_the_fixed_cutoff_and_says_why() -> None:
    times_s, positions, confidence = walk_like(30)
    positions += np.random.default_rng(3).normal(0.0, 1.0, positions.shape)
    repaired = repair_poses(times_s, positions, confidence, RULES)
    (record,) = records_of(repaired, "low_pass_filtered")
    assert record.cutoff_hz == FALLBACK_CUTOFF_HZ
    assert record.reason == (
        "no unbroken piece is long enough to tell movement from noise"
    )
    assert record.confidence_ratio == 0.5


def test_what_stands_still_is_not_recorded_as_smoothed() -> None:
    times_s, positions, confidence = walk_like()
    positions[:, KNEE] = 0.0
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert records_of(repaired, "low_pass_filtered") == []


def test_sides_are_put_back_before_anything_else_is_judged() -> None:
    times_s, positions, confidence = walk_like()
    positions[:, OTHER_KNEE, 0] += 150.0
    clean = positions.copy()
    confidence[35, KNEE] = 0.1  # of the right knee, as the frame is exchanged
    positions[30:40, [KNEE, OTHER_KNEE]] = clean[30:40, [OTHER_KNEE, KNEE]]
    repaired = repair_poses(
        times_s, positions, confidence, RULES, undo_sides=exchange_knees
    )
    assert np.abs(repaired.positions_px - clean)[10:-10].max() < 1.0
    assert set(repaired.repair[30:40, KNEE]) == {"swapped"}
    assert repaired.repair[35, OTHER_KNEE] == "low_confidence_filled"
    for joint in (KNEE, OTHER_KNEE):
        (record,) = records_of(repaired, "left_right_swapped", joint)
        assert (record.first_frame, record.last_frame) == (30, 39)
        assert record.confidence_ratio == pytest.approx(0.8)
        assert record.after_px == pytest.approx(clean[30:40, joint].mean(axis=0))
    assert ranges_of(repaired, "outlier_dropped") == []


def test_joints_that_were_never_seen_stay_missing_without_a_word() -> None:
    times_s, positions, confidence = walk_like()
    head = KEYPOINT_INDEX["head"]
    positions[:, head] = np.nan
    confidence[:, head] = 0.0
    repaired = repair_poses(times_s, positions, confidence, RULES)
    assert np.isnan(repaired.positions_px[:, head]).all()
    assert set(repaired.repair[:, head]) == {"none"}
    assert {r.keypoint for r in repaired.repairs} == {*KEYPOINTS} - {"head"}


def test_exchanged_legs_are_found_put_back_and_recorded() -> None:
    walk = build_walk(noise_px=1.0).sequence
    legs = ("knee", "ankle", "heel", "big_toe", "small_toe")
    left, right = (
        [KEYPOINT_INDEX[f"{side}_{joint}"] for joint in legs]
        for side in ("left", "right")
    )
    apart_px = walk.positions_px[:, left] - walk.positions_px[:, right]
    first = int(np.argmax(np.abs(apart_px[20:-20, 1, 0]))) + 18
    frames = np.arange(first, first + 4)[:, None]
    positions = walk.positions_px.copy()
    positions[frames, left + right] = walk.positions_px[frames, right + left]
    repaired = repair_poses(walk.times_s, positions, walk.confidence, RULES)
    for joint in (KNEE, OTHER_KNEE):
        exchanged = ranges_of(repaired, "left_right_swapped", joint)
        assert exchanged == [(first, first + 3)]
    assert ranges_of(repaired, "left_right_swapped", KEYPOINT_INDEX["nose"]) == []
    truth = repair_poses(walk.times_s, walk.positions_px, walk.confidence, RULES)
    assert np.array_equal(repaired.positions_px, truth.positions_px, equal_nan=True)


def test_an_exchange_of_two_missing_points_is_none() -> None:
    walk = build_walk(noise_px=1.0).sequence
    legs = ("knee", "ankle", "heel", "big_toe", "small_toe")
    left, right = (
        [KEYPOINT_INDEX[f"{side}_{joint}"] for joint in legs]
        for side in ("left", "right")
    )
    toes = [KEYPOINT_INDEX[f"{side}_small_toe"] for side in ("left", "right")]
    apart_px = walk.positions_px[:, left] - walk.positions_px[:, right]
    first = int(np.argmax(np.abs(apart_px[20:-20, 1, 0]))) + 18
    frames = np.arange(first, first + 4)[:, None]
    positions = walk.positions_px.copy()
    positions[frames, left + right] = walk.positions_px[frames, right + left]
    positions[:, toes] = np.nan
    repaired = repair_poses(walk.times_s, positions, walk.confidence, RULES)
    assert ranges_of(repaired, "left_right_swapped") == [(first, first + 3)]
    assert not [r for r in repaired.repairs if r.keypoint == "left_small_toe"]
    assert set(repaired.repair[:, toes[0]]) == {"none"}
