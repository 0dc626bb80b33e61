"""No point changes without a record, and no record stands for nothing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sportsgpt_lib.pose.repair import RepairRules, repair_poses
from sportsgpt_lib.pose.repair_audit import find_runs
from sportsgpt_lib.pose.sides import UndoneSides
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

LEGS = [KEYPOINT_INDEX[f"{side}_knee"] for side in ("left", "right")]


def exchange_legs(frames):
    def undo(times_s, positions_px, confidence):
        positions, sureness = positions_px.copy(), confidence.copy()
        positions[frames[:, None], LEGS] = positions_px[frames[:, None], LEGS[::-1]]
        sureness[frames[:, None], LEGS] = confidence[frames[:, None], LEGS[::-1]]
        is_swapped = np.zeros(confidence.shape, dtype=bool)
        is_seen = np.isfinite(positions_px[:, LEGS, 0]).any(axis=1)
        is_swapped[frames[is_seen[frames]][:, None], LEGS] = True
        return UndoneSides(positions, sureness, is_swapped, np.ones(confidence.shape))

    return undo


@st.composite
def damaged_poses(draw):
    frame_count = draw(st.integers(1, 90))
    rate_hz = draw(st.sampled_from([8.0, 30.0, 60.0, 240.0]))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    intervals_s = np.full(frame_count, 1 / rate_hz)
    if draw(st.booleans()):
        intervals_s *= chance.uniform(0.5, 1.5, frame_count)
    if draw(st.booleans()):
        intervals_s[chance.random(frame_count) < 0.02] += 0.5
    times_s = np.cumsum(intervals_s)
    shape = (frame_count, len(KEYPOINTS))
    swing = 60 * np.sin(2 * np.pi * times_s)
    positions = np.zeros((*shape, 2)) + swing[:, None, None]
    positions += 20.0 * np.arange(len(KEYPOINTS))[:, None]
    positions += chance.normal(0.0, draw(st.sampled_from([0.0, 2.0])), positions.shape)
    confidence = chance.uniform(0.0, 1.0, shape) ** draw(st.sampled_from([0.1, 0.5]))
    positions[chance.random(shape) < draw(st.sampled_from([0.0, 0.02]))] += 300.0
    pattern = draw(arrays(np.bool_, (frame_count, 4), fill=st.just(value=False)))
    is_missing = chance.random(shape) < draw(st.sampled_from([0.0, 0.05, 0.5]))
    is_missing[:, :4] = pattern
    positions[is_missing] = np.nan
    confidence[is_missing] = 0.0
    swapped = np.flatnonzero(chance.random(frame_count) < 0.1)
    return times_s, positions, confidence, swapped


@settings(deadline=None, max_examples=150)
@given(damaged_poses())
def test_every_changed_point_has_a_record_and_every_record_a_change(damaged):
    times_s, positions, confidence, swapped = damaged
    repaired = repair_poses(
        times_s,
        positions,
        confidence,
        RepairRules(),
        undo_sides=exchange_legs(swapped),
    )
    is_same = (repaired.positions_px == positions) | (
        np.isnan(repaired.positions_px) & np.isnan(positions)
    )
    is_changed = ~is_same.all(axis=2)
    is_covered = np.zeros(is_changed.shape, dtype=bool)
    for repair in repaired.repairs:
        joint = KEYPOINT_INDEX[repair.keypoint]
        part = slice(repair.first_frame, repair.last_frame + 1)
        assert 0 <= repair.first_frame <= repair.last_frame < times_s.size
        assert 0.0 <= repair.confidence_ratio <= 1.0
        if repair.rule == "gap_left_open":
            assert np.isnan(repaired.positions_px[part, joint]).any(axis=1).all()
            continue
        is_covered[part, joint] = True
        # A point that came with an exchange may leave again as an outlier.
        if (
            joint not in LEGS
            or not np.isin(swapped, np.arange(times_s.size)[part]).any()
        ):
            assert is_changed[part, joint].any(), repair
        assert (repair.cutoff_hz is not None) == (repair.rule == "low_pass_filtered")
    assert not (is_changed & ~is_covered).any()
    assert is_covered[repaired.repair != "none"].all()


@settings(deadline=None, max_examples=100)
@given(damaged_poses())
def test_records_of_one_rule_and_joint_never_touch(damaged):
    times_s, positions, confidence, _ = damaged
    repaired = repair_poses(times_s, positions, confidence, RepairRules())
    ends: dict[tuple[str, str], int] = {}
    for repair in repaired.repairs:
        key = (repair.rule, repair.keypoint)
        may_meet = repair.rule == "low_pass_filtered"  # at a pause
        assert repair.first_frame > ends.get(key, -2) + (not may_meet)
        ends[key] = repair.last_frame


@settings(deadline=None, max_examples=100)
@given(damaged_poses())
def test_a_missing_point_never_gets_a_confidence(damaged):
    times_s, positions, confidence, _ = damaged
    repaired = repair_poses(times_s, positions, confidence, RepairRules())
    is_missing = np.isnan(repaired.positions_px).any(axis=2)
    assert (repaired.confidence[is_missing] == 0).all()
    is_filled = np.char.endswith(repaired.repair.astype(str), "_filled")
    assert (repaired.confidence[is_filled] == 0).all()
    assert not (is_filled & is_missing).any()


@given(arrays(np.bool_, st.tuples(st.integers(0, 12), st.integers(1, 4))))
def test_runs_rebuild_the_pattern_they_were_found_in(is_true):
    rebuilt = np.zeros_like(is_true)
    runs = find_runs(is_true)
    for joint, start, stop in zip(runs.joints, runs.starts, runs.stops, strict=True):
        assert not rebuilt[start:stop, joint].any()
        rebuilt[start:stop, joint] = True
    assert np.array_equal(rebuilt, is_true)
