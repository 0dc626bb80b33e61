from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.alignment.motion import KeyframeMark, Motion, ReferenceMotion
from sportsgpt_lib.alignment.paper_variant import (
    PaperSettings,
    align_in_one_stage,
    align_in_two_stages,
)
from sportsgpt_lib.errors import AlignmentInputError

NAMES = ("knee", "hip", "elbow")
MARKS_S = {"crouch": 0.4, "take_off": 0.7, "touch_down": 1.1}
DURATION_S = 1.5
BOTH = [align_in_one_stage, align_in_two_stages]


def act_deg(times_s):
    """Three angles that start and end at rest and peak at different times."""
    share = np.clip(times_s / DURATION_S, 0.0, 1.0)
    peaks = ((0.27, 0.10, 60.0), (0.47, 0.08, -45.0), (0.73, 0.12, 50.0))
    return np.stack(
        [
            size * np.exp(-(((share - at) / width) ** 2)) * np.sin(np.pi * share)
            for at, width, size in peaks
        ],
        axis=1,
    )


def build_reference(rate_hz=60.0, weights=(1.0, 1.0, 1.0)):
    times_s = np.arange(round(DURATION_S * rate_hz) + 1) / rate_hz
    return ReferenceMotion(
        "exemplar",
        Motion(NAMES, times_s, act_deg(times_s)),
        0.0,
        DURATION_S,
        tuple(KeyframeMark(name, "own", at_s, 0.0) for name, at_s in MARKS_S.items()),
        np.array(weights),
    )


def build_recording(start_s=12.0, *, slowness=1.25, rate_hz=60.0, duration_s=25.0):
    """The movement once; before and after it, swaying in half a crouch."""
    times_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    sway = [np.sin(times_s * speed + speed) for speed in (1.1, 1.7, 0.8)]
    edge_s = np.minimum(
        np.abs(times_s - start_s), np.abs(times_s - start_s - slowness * DURATION_S)
    )
    is_acting = (times_s > start_s) & (times_s < start_s + slowness * DURATION_S)
    rest = np.where(is_acting, 0.0, np.clip(edge_s / 0.5, 0.0, 1.0))
    angles_deg = rest[:, None] * (12.0 * np.stack(sway, axis=1) + [35.0, 0.0, 0.0])
    angles_deg += act_deg((times_s - start_s) / slowness)
    return Motion(NAMES, times_s, angles_deg)


def compute_mean_error_s(alignment, start_s=12.0, slowness=1.25):
    return np.mean(
        [
            abs(alignment.keyframe_times_s[name, "own"] - start_s - slowness * at_s)
            for name, at_s in MARKS_S.items()
        ]
    )


def test_two_stages_find_in_a_long_recording_what_one_stage_loses():
    recording, reference = build_recording(), build_reference()
    two = align_in_two_stages(recording, reference, PaperSettings())
    one = align_in_one_stage(recording, reference, PaperSettings())
    assert compute_mean_error_s(two) < 0.02
    assert compute_mean_error_s(one) > 43 * compute_mean_error_s(two)
    assert two.start_s == pytest.approx(12.0, abs=0.4)
    assert two.end_s == pytest.approx(12.0 + 1.25 * DURATION_S, abs=0.4)
    assert (one.start_s, one.end_s) == pytest.approx((0.0, recording.times_s[-1]))


@pytest.mark.parametrize("align", BOTH)
def test_the_reference_itself_is_found_to_the_frame(align):
    reference = build_reference()
    found = align(reference.motion, reference, PaperSettings())
    assert compute_mean_error_s(found, 0.0, 1.0) < 1e-6
    assert found.cost == pytest.approx(0.0, abs=1e-9)


def test_an_action_three_times_as_slow_keeps_its_start():
    reference = build_reference()
    recording = build_recording(slowness=3.0)
    found = align_in_two_stages(recording, reference, PaperSettings())
    assert found.start_s == pytest.approx(12.0, abs=0.8)
    assert compute_mean_error_s(found, slowness=3.0) < 0.1


def test_frame_rates_may_differ_and_gaps_are_bridged():
    recording = build_recording(rate_hz=120.0)
    recording.angles_deg[1500:1512, 0] = np.nan
    recording.angles_deg[:5] = np.nan
    found = align_in_two_stages(recording, build_reference(50.0), PaperSettings())
    assert compute_mean_error_s(found) < 0.02


def test_an_angle_of_weight_zero_does_not_count():
    recording = build_recording()
    settings = PaperSettings()
    reference = build_reference(weights=(1.0, 1.0, 0.0))
    found = align_in_two_stages(recording, reference, settings)
    recording.angles_deg[:, 2] = 90.0 * np.cos(recording.times_s)
    assert align_in_two_stages(recording, reference, settings) == found


@pytest.mark.parametrize("weight", ["velocity_weight_s", "acceleration_weight_s2"])
def test_another_speed_costs_only_where_rates_weigh(weight):
    reference = build_reference()
    times_s = reference.motion.times_s
    slow = Motion(NAMES, times_s * 2.0, reference.motion.angles_deg)
    blind = PaperSettings(velocity_weight_s=0.0, acceleration_weight_s2=0.0)
    by_angles = align_in_one_stage(slow, reference, blind)
    by_rates = align_in_one_stage(slow, reference, replace(blind, **{weight: 0.1}))
    assert by_rates.cost > by_angles.cost + 1.0


def test_a_wide_radius_changes_nothing_and_none_of_it_misplaces():
    recording, reference = build_recording(), build_reference()
    exact = align_in_two_stages(recording, reference, PaperSettings())
    errors_s = []
    for radius in (0, 200):
        settings = PaperSettings(radius_rows=radius)
        found = align_in_two_stages(recording, reference, settings)
        errors_s.append(compute_mean_error_s(found))
    assert errors_s[1] == compute_mean_error_s(exact)
    assert errors_s[0] > 2.0 * errors_s[1]


@pytest.mark.parametrize(
    "given",
    [
        {"radius_rows": -1},
        {"coarse_rate_hz": 0.0},
        {"half_width_s": float("nan")},
        {"velocity_weight_s": float("inf")},
    ],
)
def test_settings_that_make_no_sense_are_refused(given):
    with pytest.raises(AlignmentInputError, match="settings of the paper's variant"):
        PaperSettings(**given)


@pytest.mark.parametrize("align", BOTH)
def test_bad_input_is_refused_with_what_is_wrong(align):
    reference, settings = build_reference(), PaperSettings()
    recording = build_recording(duration_s=20.0)
    renamed = Motion(("knee", "hip", "wrist"), recording.times_s, recording.angles_deg)
    with pytest.raises(AlignmentInputError, match="elbow are not among its names"):
        align(renamed, reference, settings)
    unseen_deg = recording.angles_deg.copy()
    unseen_deg[:, 1] = np.nan
    with pytest.raises(AlignmentInputError, match="never seen: hip"):
        align(Motion(NAMES, recording.times_s, unseen_deg), reference, settings)
    short = Motion(NAMES, recording.times_s[:1], recording.angles_deg[:1])
    with pytest.raises(AlignmentInputError, match="1 frames"):
        align(short, reference, settings)
