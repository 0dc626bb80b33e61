from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.alignment.motion import Motion
from sportsgpt_lib.alignment.motion_dtw import align_motion
from sportsgpt_lib.errors import AlignmentInputError
from tests.alignment.made_up_action import (
    DURATION_S,
    KEYFRAMES_S,
    MIRROR,
    NAMES,
    build_recording,
    build_reference,
    compute_action_deg,
    list_errors_s,
)

FRAME_S = 1.0 / 60.0


def _get_only(alignment):
    assert alignment.absence is None
    (repetition,) = alignment.repetitions
    return repetition


def test_every_repetition_is_found_between_frames_and_in_time_order():
    starts_s = (2.003, 7.5, 13.21)
    alignment = align_motion(build_recording(starts_s), [build_reference()])
    assert len(alignment.repetitions) == 3
    for repetition, start_s in zip(alignment.repetitions, starts_s, strict=True):
        assert np.abs(list_errors_s(repetition, start_s)).max() < FRAME_S
        assert repetition.cost < alignment.search.highest_cost
        assert abs(repetition.start_s - start_s) < 10 * FRAME_S
        path = repetition.path
        assert (np.diff(path.times_s) > 0.0).all()
        assert path.reference_times_s[0] == pytest.approx(0.0)


def test_the_curve_is_lowest_where_the_repetition_ends():
    alignment = align_motion(build_recording([5.0]), [build_reference()])
    curve = alignment.search
    lowest_s = curve.times_s[np.argmin(curve.costs)]
    assert lowest_s == pytest.approx(5.0 + DURATION_S, abs=0.3)
    assert curve.times_s.shape == curve.costs.shape


def test_repetitions_that_touch_are_all_kept():
    starts_s = 2.0 + DURATION_S * np.arange(6)
    alignment = align_motion(build_recording(starts_s), [build_reference()])
    assert len(alignment.repetitions) == 6


@pytest.mark.parametrize("speed_ratio", [0.35, 0.6, 1.5, 2.6])
def test_speeds_from_a_third_to_two_and_a_half_times_are_found(speed_ratio):
    motion = build_recording([6.0], speed_ratio=speed_ratio)
    repetition = _get_only(align_motion(motion, [build_reference()]))
    assert repetition.speed_ratio == pytest.approx(speed_ratio, rel=0.1)
    assert repetition.cost < 0.15
    errors_s = list_errors_s(repetition, 6.0, speed_ratio)
    assert np.abs(errors_s).max() < 2.5 * FRAME_S / speed_ratio**0.5


@pytest.mark.parametrize(("rate_hz", "reference_hz"), [(25, 60), (240, 60), (60, 24)])
def test_any_frame_rate_will_do_on_either_side(rate_hz, reference_hz):
    motion = build_recording([6.0], rate_hz=float(rate_hz))
    reference = build_reference(rate_hz=float(reference_hz))
    repetition = _get_only(align_motion(motion, [reference]))
    assert np.abs(list_errors_s(repetition, 6.0)).max() < 1.5 * FRAME_S


def test_uneven_times_change_nothing():
    motion = build_recording([6.0])
    kept = np.random.default_rng(1).random(motion.frame_count) < 0.7
    uneven = Motion(NAMES, motion.times_s[kept], motion.angles_deg[kept])
    repetition = _get_only(align_motion(uneven, [build_reference()]))
    assert np.abs(list_errors_s(repetition, 6.0)).max() < 1.5 * FRAME_S


def test_gaps_do_not_shift_keyframes():
    motion = build_recording([6.0])
    angles_deg = motion.angles_deg.copy()
    angles_deg[370:380] = np.nan
    angles_deg[400:460, 2] = np.nan
    gappy = Motion(NAMES, motion.times_s, angles_deg)
    repetition = _get_only(align_motion(gappy, [build_reference()]))
    assert np.abs(list_errors_s(repetition, 6.0)).max() < 1.5 * FRAME_S


def test_a_mirrored_athlete_is_found_where_both_sides_are_tried():
    motion = build_recording([6.0])
    swapped = motion.angles_deg[:, [1, 0, 3, 2, 4, 5]]
    mirrored = Motion(NAMES, motion.times_s, swapped)
    repetition = _get_only(align_motion(mirrored, [build_reference()], mirror=MIRROR))
    assert repetition.is_mirrored
    assert np.abs(list_errors_s(repetition, 6.0)).max() < FRAME_S
    plain = _get_only(align_motion(motion, [build_reference()], mirror=MIRROR))
    assert not plain.is_mirrored


def test_every_reference_votes_on_the_repetition_it_sees():
    chance = np.random.default_rng(5)
    references = [build_reference(f"person {n}", style=chance) for n in range(3)]
    alignment = align_motion(build_recording([3.0, 11.0]), references)
    assert [one.vote_count for one in alignment.repetitions] == [3, 3]
    for repetition, start_s in zip(alignment.repetitions, (3.0, 11.0), strict=True):
        assert np.abs(list_errors_s(repetition, start_s)).max() < 1.5 * FRAME_S
        assert repetition.reference_id.startswith("person")


def test_votes_do_not_shrink_how_much_people_differ():
    references = [build_reference(f"person {n}", spread_s=0.05) for n in range(4)]
    repetition = _get_only(align_motion(build_recording([6.0]), references))
    assert all(instant.error_s >= 0.045 for instant in repetition.keyframes.values())


def test_a_spread_that_is_not_known_widens_the_error():
    motion = build_recording([6.0])
    exact = _get_only(align_motion(motion, [build_reference(spread_s=0.0)]))
    unknown = _get_only(align_motion(motion, [build_reference(spread_s=np.nan)]))
    for key, instant in exact.keyframes.items():
        assert unknown.keyframes[key].error_s > 1.2 * instant.error_s


def test_the_stated_error_grows_with_jitter_and_holds_the_truth():
    errors_s = {}
    for noise_deg in (0.5, 8.0):
        stated_s, off_s = [], []
        for seed in range(6):
            motion = build_recording([6.0], noise_deg=noise_deg, seed=seed)
            repetition = _get_only(align_motion(motion, [build_reference()]))
            off_s += list(list_errors_s(repetition, 6.0))
            stated_s += [one.error_s for one in repetition.keyframes.values()]
        inside = np.abs(off_s) <= 1.96 * np.array(stated_s)
        assert inside.mean() > 0.8
        errors_s[noise_deg] = np.mean(stated_s)
    assert errors_s[8.0] > 1.5 * errors_s[0.5]


def test_another_movement_is_not_in_this_recording():
    alignment = align_motion(build_recording([]), [build_reference()])
    assert alignment.repetitions == ()
    assert alignment.absence.reason == "not_in_recording"
    assert alignment.absence.best_cost > alignment.search.highest_cost


def test_the_movement_at_a_fraction_of_its_size_is_not_the_movement():
    motion = build_recording([])
    small = 0.3 * compute_action_deg((motion.times_s - 6.0) / DURATION_S)
    hinted = Motion(NAMES, motion.times_s, motion.angles_deg + small)
    assert align_motion(hinted, [build_reference()]).repetitions == ()


def test_a_movement_that_is_broken_off_is_not_the_movement():
    motion = build_recording([])
    phases = (motion.times_s - 6.0) / DURATION_S
    begun = compute_action_deg(np.minimum(phases, 0.5))
    held = Motion(NAMES, motion.times_s, motion.angles_deg + begun)
    alignment = align_motion(held, [build_reference()])
    assert alignment.repetitions == ()
    assert alignment.absence.best_cost > alignment.search.highest_cost


def test_context_around_the_repetition_holds_keyframes_at_its_ends():
    whole = build_reference()
    marks = tuple(mark for mark in whole.keyframes if mark.name != "end")
    part = replace(whole, start_s=0.4, end_s=1.5, keyframes=marks)
    repetition = _get_only(align_motion(build_recording([6.0]), [part]))
    assert repetition.start_s == pytest.approx(6.4, abs=2 * FRAME_S)
    assert repetition.end_s == pytest.approx(7.5, abs=2 * FRAME_S)
    assert repetition.path.reference_times_s[0] >= 0.4


@pytest.mark.parametrize(
    ("angles_deg", "reason"),
    [
        (np.full((600, 6), np.nan), "too_little_seen"),
        (np.full((600, 6), 12.0), "nothing_moves"),
        (np.zeros((1, 6)), "recording_too_short"),
        (np.zeros((20, 6)), "recording_too_short"),
    ],
)
def test_recordings_that_hold_nothing_say_why(angles_deg, reason):
    motion = Motion(NAMES, np.arange(len(angles_deg)) / 60.0, angles_deg)
    alignment = align_motion(motion, [build_reference()])
    assert alignment.repetitions == ()
    assert alignment.absence.reason == reason


def test_a_recording_shorter_than_the_reference_holds_no_whole_repetition():
    motion = build_recording([-0.5], duration_s=1.2)
    assert align_motion(motion, [build_reference()]).absence is not None


def test_a_repetition_that_the_film_cuts_off_is_not_reported():
    whole = build_reference()
    last = replace(whole.keyframes[-1], name="very end", time_s=2.0)
    reference = replace(whole, keyframes=(*whole.keyframes, last))
    found = align_motion(build_recording([18.05, 6.0]), [reference]).repetitions
    assert [round(one.start_s) for one in found] == [6]


def test_unknown_names_are_listed_beside_those_that_are_there():
    motion = build_recording([6.0])
    other = Motion((*NAMES[:5], "wrist"), motion.times_s, motion.angles_deg)
    with pytest.raises(AlignmentInputError, match=r"lacks neck; it holds .*wrist"):
        align_motion(other, [build_reference()])
    with pytest.raises(AlignmentInputError, match="there are none"):
        align_motion(motion, [])


def test_names_may_come_in_any_order_and_more_than_needed():
    motion = build_recording([6.0])
    order = [3, 5, 0, 1, 4, 2]
    extra = np.concatenate([motion.angles_deg[:, order], motion.angles_deg[:, :1]], 1)
    names = (*(NAMES[column] for column in order), "hand")
    repetition = _get_only(
        align_motion(Motion(names, motion.times_s, extra), [build_reference()])
    )
    assert np.abs(list_errors_s(repetition, 6.0)).max() < FRAME_S


def test_angles_that_weigh_nothing_need_not_be_filmed():
    motion = build_recording([6.0])
    partial = Motion(NAMES[:5], motion.times_s, motion.angles_deg[:, :5].copy())
    reference = replace(build_reference(), weights=np.array([1.0] * 5 + [0.0]))
    repetition = _get_only(align_motion(partial, [reference]))
    assert set(repetition.keyframes) == {(name, "own") for name in KEYFRAMES_S}


def test_times_that_leap_are_refused():
    motion = build_recording([6.0])
    times_s = motion.times_s.copy()
    times_s[600:] += 1e6
    with pytest.raises(AlignmentInputError, match="1200 frames span"):
        align_motion(Motion(NAMES, times_s, motion.angles_deg), [build_reference()])
