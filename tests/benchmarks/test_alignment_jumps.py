import numpy as np
import pytest

from benchmarks.alignment import jumps
from benchmarks.alignment.joint_places import compute_body_angles_deg, face_forward
from benchmarks.alignment.jumps import (
    JUMP_KEYFRAMES,
    MM_80_GAPS_SWAPS,
    REPORTING_DISTRACTORS,
    REPORTING_JUMPS,
    TUNING_DISTRACTORS,
    TUNING_JUMPS,
    UNDISTURBED,
    draw_jump_trial,
    find_jump,
    list_pairs,
)
from benchmarks.alignment.movements import ANGLE_NAMES
from benchmarks.pose.motions import Motion
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

_G_MPS2 = 9.81


def _build_hop(frame_rate_hz: float = 120.0) -> Motion:
    """A hip lowest at 1 s and at 1.9 s, in flight from 1.25 to 1.65 s."""
    times_s = np.arange(0.0, 3.0, 1.0 / frame_rate_hz)
    flight_s, start_s = 0.4, 1.25
    since = np.clip(times_s - start_s, 0.0, flight_s)
    rise_m = _G_MPS2 / 2 * since * (flight_s - since)
    down_m = 0.3 * np.exp(-(((times_s - 1.0) / 0.12) ** 2))
    down_m += 0.3 * np.exp(-(((times_s - 1.9) / 0.12) ** 2))
    points_m = np.zeros((times_s.size, len(KEYPOINTS), 3))
    points_m[:, KEYPOINT_INDEX["hip"], 1] = 1.0 + rise_m - down_m
    for side in ("left", "right"):
        points_m[:, KEYPOINT_INDEX[f"{side}_big_toe"], 1] = 0.1 + rise_m
    return Motion("hop", times_s, points_m)


def test_keyframes_of_a_known_hop_are_found_between_frames():
    truth = find_jump(_build_hop())
    # 30 mm of height are passed after t with g/2 t (0.4 - t) = 0.03.
    late_s = 0.2 - np.sqrt(0.04 - 2 * 0.03 / _G_MPS2)
    np.testing.assert_allclose(
        truth.keyframe_times_s,
        [1.0, 1.25 + late_s, 1.45, 1.65 - late_s, 1.9],
        atol=0.003,
    )


def test_keyframes_hardly_depend_on_the_frame_rate():
    slow, fast = (find_jump(_build_hop(rate)) for rate in (60.0, 480.0))
    np.testing.assert_allclose(slow.keyframe_times_s, fast.keyframe_times_s, atol=0.002)


def test_angles_are_those_of_a_right_angled_body_and_ignore_place_and_heading():
    points_m = np.random.default_rng(0).normal(size=(4, len(KEYPOINTS), 3))
    for joint, place in {"hip": (0, 1), "knee": (0.4, 1), "ankle": (0.4, 0.5)}.items():
        points_m[:, KEYPOINT_INDEX[f"left_{joint}"]] = (*place, 0.0)
    angles_deg = compute_body_angles_deg(points_m)
    np.testing.assert_allclose(angles_deg[:, ANGLE_NAMES.index("left_knee_deg")], 90.0)
    moved = points_m[..., [2, 1, 0]] * [1.0, 1.0, -1.0] + [3.0, 0.0, -2.0]
    np.testing.assert_allclose(compute_body_angles_deg(moved), angles_deg, atol=1e-9)
    turned = face_forward(points_m)
    np.testing.assert_allclose(compute_body_angles_deg(turned), angles_deg, atol=1e-9)
    hips = [KEYPOINT_INDEX["left_hip"], KEYPOINT_INDEX["right_hip"]]
    assert np.ptp(turned[:, hips, 0], axis=1) == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_array_equal(turned[..., 1], points_m[..., 1])


def test_tuning_and_reporting_share_no_recording():
    assert not set(TUNING_JUMPS) & set(REPORTING_JUMPS)
    assert not set(TUNING_DISTRACTORS) & set(REPORTING_DISTRACTORS)
    distractors = {*TUNING_DISTRACTORS, *REPORTING_DISTRACTORS}
    assert not distractors & {*TUNING_JUMPS, *REPORTING_JUMPS}


def test_pairs_are_never_of_one_recording():
    pairs = list_pairs(REPORTING_JUMPS)
    assert len(pairs) == 6
    assert all(reference != wanted for reference, wanted in pairs)


def test_a_reference_that_is_wanted_too_is_refused():
    with pytest.raises(ValueError, match="another reference"):
        draw_jump_trial(
            1,
            UNDISTURBED,
            reference=TUNING_JUMPS[0],
            wanted=TUNING_JUMPS,
            distractors=TUNING_DISTRACTORS,
        )


@pytest.fixture
def hops(monkeypatch):
    """Two made-up jumps and a distractor in place of the shared data."""
    still = _build_hop()
    motions = {
        "one": still,
        "two": _build_hop(100.0),
        "other": Motion("other", still.times_s, still.points_m[::-1].copy()),
    }
    for motion in motions.values():
        noise = np.random.default_rng(1).normal(0.0, 0.3, (1, len(KEYPOINTS), 3))
        noise[..., 1][:, [KEYPOINT_INDEX["hip"]]] = 0.0
        toes = [KEYPOINT_INDEX[f"{side}_big_toe"] for side in ("left", "right")]
        noise[:, toes] = 0.0
        motion.points_m[:] += noise
    monkeypatch.setattr(jumps, "_load_motions", lambda: motions)
    jumps.load_jump.cache_clear()
    yield
    jumps.load_jump.cache_clear()


def _draw(disturbance, wanted):
    return draw_jump_trial(
        3, disturbance, reference="one", wanted=wanted, distractors=("other",)
    )


def test_truth_is_where_the_wanted_jump_was_put(hops):
    trial = _draw(UNDISTURBED, ("two",))
    own = jumps.load_jump("two")
    truth = trial.truths[0]
    shift_s = truth.keyframe_times_s - own.truth.keyframe_times_s
    assert np.ptp(shift_s) < 1e-9
    points_m = own.motion.points_m
    wanted_deg = compute_body_angles_deg(points_m)
    at_s = trial.times_s - shift_s[0]
    inside = (at_s > own.motion.times_s[0]) & (at_s < own.motion.times_s[-1])
    knee = ANGLE_NAMES.index("left_hip_deg")
    np.testing.assert_allclose(
        trial.angles_deg[inside, knee],
        np.interp(at_s[inside], own.motion.times_s, wanted_deg[:, knee]),
        atol=0.5,
    )
    assert trial.performers[0].keyframe_names == JUMP_KEYFRAMES


def test_every_jump_of_a_series_is_where_its_truth_says(hops):
    trial = _draw(UNDISTURBED, ("two",) * 5)
    own = jumps.load_jump("two")
    hip = ANGLE_NAMES.index("left_hip_deg")
    own_deg = compute_body_angles_deg(own.motion.points_m)[:, hip]
    wanted = np.interp(own.truth.keyframe_times_s, own.motion.times_s, own_deg)
    assert len(trial.truths) == 5
    for truth in trial.truths:
        seen = np.interp(
            truth.keyframe_times_s, trial.times_s, trial.angles_deg[:, hip]
        )
        np.testing.assert_allclose(seen, wanted, atol=1.0)


def test_a_recording_without_a_jump_has_no_truth(hops):
    assert _draw(UNDISTURBED, ()).truths == ()


def test_disturbed_jumps_have_the_gaps_that_were_asked(hops):
    trial = _draw(MM_80_GAPS_SWAPS, ("two",))
    assert np.isnan(trial.angles_deg).mean() == pytest.approx(0.15, abs=1e-3)
    again = _draw(MM_80_GAPS_SWAPS, ("two",))
    np.testing.assert_array_equal(trial.angles_deg, again.angles_deg)
