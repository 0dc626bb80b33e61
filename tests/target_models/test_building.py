from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.target_models.building import build_reference
from sportsgpt_lib.target_models.library import ReferenceLibrary
from tests.target_models.recorded_stride import STRIDE_S, annotate, record_walk

WALKING = load_movement("walking_stride")
CYCLIC = ('kind = "once"', 'kind = "cyclic"')


def _add(tmp_path, annotated, recorded):
    built = build_reference(annotated, WALKING, recorded)
    assert built.problems == ()
    library = ReferenceLibrary(tmp_path / "own")
    return library.add(WALKING, "club_stride", built.toml_text, built.csv_text)


def _problems(tmp_path, *changes, recorded=None):
    annotated = annotate(tmp_path, *changes)
    return build_reference(annotated, WALKING, recorded or record_walk()).problems


def _with_gap(recorded, name, first, last):
    values = recorded.angles_deg[name].copy()
    values[first : last + 1] = np.nan
    return replace(recorded, angles_deg=dict(recorded.angles_deg) | {name: values})


@pytest.mark.parametrize("slow_motion_factor", [1.0, 4.0])
def test_a_recording_becomes_a_target_model_in_seconds_of_the_movement(
    tmp_path, slow_motion_factor
):
    f = slow_motion_factor
    changes = [(f"= {t}\n", f"= {t * f}\n") for t in (1.5, 2.7, 2.1)]
    made = _add(tmp_path, annotate(tmp_path, *changes), record_walk(f))
    assert made.file.end_s == pytest.approx(STRIDE_S, abs=1e-4)
    times_s = [mark.time_s for mark in made.file.keyframes]
    assert times_s == pytest.approx([0.0, 0.6, 1.2], abs=1e-4)
    assert made.file.keyframes[1].leg == "other"
    assert made.file.recording.frame_rate_hz == 60.0
    # Half a picture's interval, evenly spread.
    assert made.file.keyframes[0].spread_s == pytest.approx(1 / 60 / 12**0.5, abs=1e-4)
    # 15 % of context on both sides, and every angle that was seen.
    assert made.times_s[0] == pytest.approx(-0.15 * STRIDE_S, abs=1 / 60 + 1e-4)
    assert made.times_s[-1] == pytest.approx(1.15 * STRIDE_S, abs=1 / 60 + 1e-4)
    assert len(made.quantities) == 6
    assert made.own_side == "left"


def test_the_angles_are_those_of_the_recording(tmp_path):
    recorded = record_walk()
    made = _add(tmp_path, annotate(tmp_path), recorded)
    knee = made.angles_deg[:, made.quantities.index("left_knee_flexion")]
    expected = np.interp(
        made.times_s + 1.5,
        recorded.clip_times_s,
        recorded.angles_deg["left_knee_flexion"],
    )
    np.testing.assert_allclose(knee, expected, atol=0.02)


def test_no_athlete_and_no_team_is_in_the_files(tmp_path):
    built = build_reference(annotate(tmp_path), WALKING, record_walk())
    for word in ("blue", "coach", "2026"):
        assert word not in built.toml_text + built.csv_text


def test_a_cycle_is_sampled_for_both_legs(tmp_path):
    made = _add(tmp_path, annotate(tmp_path, CYCLIC), record_walk())
    assert made.is_cyclic
    assert made.file.cycle_duration_s == pytest.approx(STRIDE_S, abs=1e-4)
    assert [mark.cycle_pct for mark in made.file.keyframes] == pytest.approx(
        [0.0, 50.0, 100.0], abs=0.01
    )
    walk = record_walk()
    shares = np.array([0.1, 0.4, 0.7])
    column = made.quantities.index("knee_flexion")
    for place, side in ((column, "left"), (column + len(made.quantities), "right")):
        truth = np.interp(
            1.5 + shares * STRIDE_S,
            walk.clip_times_s,
            walk.angles_deg[f"{side}_knee_flexion"],
        )
        np.testing.assert_allclose(made.sample_deg(shares)[:, place], truth, atol=0.4)


def test_a_cycle_of_the_right_leg_is_that_legs(tmp_path):
    left = _add(tmp_path, annotate(tmp_path, CYCLIC), record_walk())
    changes = [CYCLIC, ('"left"', '"right"')]
    right = _add(tmp_path, annotate(tmp_path, *changes), record_walk())
    np.testing.assert_allclose(left.curves_deg, right.other_curves_deg, atol=0.01)


def test_half_a_cycle_is_no_cycle(tmp_path):
    problems = _problems(
        tmp_path,
        CYCLIC,
        ("end_s = 2.7", "end_s = 2.1"),
        ('name = "next_foot_strike"\nframe = 162', 'name = "toe_off"\nframe = 126'),
    )
    assert any("this is not one whole cycle" in problem for problem in problems)


def test_instants_outside_are_told_with_what_the_recording_holds(tmp_path):
    problems = _problems(
        tmp_path, ("end_s = 2.7", "end_s = 9.0"), ("frame = 162", "frame = 900")
    )
    assert any(
        "annotation.toml line 13: end_s = 9.0 lies outside the recording, 0.000 to "
        "3.983 s, frames 0 to 239" in problem
        for problem in problems
    )
    assert any("frame = 900 lies outside the recording" in p for p in problems)


def test_keyframes_lie_between_start_and_end_in_the_order_of_time(tmp_path):
    problems = _problems(
        tmp_path, ("time_s = 2.1", "time_s = 1.4"), ("frame = 162", "frame = 170")
    )
    assert len([p for p in problems if "lies outside start to end" in p]) == 2
    assert any("'foot_strike' is earlier than 'foot_strike'" in p for p in problems)


def test_an_end_before_the_start_is_told(tmp_path):
    problems = _problems(tmp_path, ("end_s = 2.7", "end_s = 1.2"))
    assert "the end, 1.2 s, is not later than the start, 1.5 s" in problems[0]


def test_unknown_and_doubled_keyframes_are_told(tmp_path):
    problems = _problems(
        tmp_path,
        ('"next_foot_strike"', '"next_foot_strik"'),
        ('leg = "other"\n', ""),
    )
    assert any("nearest is 'next_foot_strike'" in problem for problem in problems)
    assert any("stands there twice" in problem for problem in problems)


def test_a_movement_with_legs_needs_the_leg_that_leads(tmp_path):
    (problem,) = _problems(tmp_path, ('own_side = "left"', 'own_side = "both"'))
    assert 'write "left" or "right"' in problem


def test_an_angle_that_is_missing_too_often_is_told(tmp_path):
    recorded = _with_gap(record_walk(), "right_knee_flexion", 100, 118)
    (problem,) = _problems(tmp_path, recorded=recorded)
    assert problem.startswith("right_knee_flexion is missing in 26 % of the frames")


def test_an_angle_that_is_missing_too_long_is_told_with_its_time(tmp_path):
    recorded = _with_gap(record_walk(), "right_knee_flexion", 100, 124)
    (problem,) = _problems(
        tmp_path,
        ("start_s = 1.5", "start_s = 0.5"),
        ("end_s = 2.7", "end_s = 3.9"),
        recorded=recorded,
    )
    assert "right_knee_flexion is not seen from 1.65 to 2.08 s of the clip" in problem


def test_a_moment_without_most_angles_is_told(tmp_path):
    recorded = record_walk()
    for angle in ("thigh_angle", "knee_flexion"):
        for side in ("left", "right"):
            recorded = _with_gap(recorded, f"{side}_{angle}", 100, 108)
    (problem,) = _problems(tmp_path, recorded=recorded)
    assert "fewer than half of the angles are seen from 1.65 to 1.82 s" in problem


def test_a_short_gap_stays_a_gap(tmp_path):
    recorded = _with_gap(record_walk(), "right_knee_flexion", 100, 103)
    made = _add(tmp_path, annotate(tmp_path), recorded)
    column = made.angles_deg[:, made.quantities.index("right_knee_flexion")]
    assert np.isnan(column).sum() == 4


def test_an_angle_without_weight_may_be_missing(tmp_path):
    recorded = _with_gap(record_walk(), "left_shank_angle", 0, 239)
    assert _problems(tmp_path, recorded=recorded) == ()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (('licence = "internal use only"', ""), "licence is missing"),
        (("frame = 162", "frame = 162\ntime_s = 2.7"), "both of time_s and frame"),
        (("frame = 162", ""), "neither of time_s and frame"),
        (("start_s = 1.5\n", ""), "neither of start_s and start_frame"),
        (('"consent"', '"consented"'), "nearest is 'consent'"),
        (('"club_stride"', '"Club stride"'), "is no id"),
        (("frame = 162", "frame = 162\ntme_s = 1.0"), "nearest is 'time_s'"),
        (("end_s = 2.7", "end_s = nan"), "end_s = nan"),
        (("day = 2026-01-15", 'day = "2026"'), "recording day = '2026'"),
    ],
)
def test_a_wrong_annotation_is_told_with_its_line(tmp_path, change, found):
    with pytest.raises(MovementFileError) as caught:
        annotate(tmp_path, change)
    (problem,) = caught.value.problems
    assert found in problem
    assert problem.startswith("annotation.toml")


def test_keyframes_are_looked_at_besides_the_schema(tmp_path):
    with pytest.raises(MovementFileError) as caught:
        annotate(
            tmp_path,
            ('licence = "internal use only"', ""),
            ('"next_foot_strike"', '"next_foot_strik"'),
        )
    licence, keyframe = caught.value.problems
    assert "licence is missing" in licence
    assert "nearest is 'next_foot_strike'" in keyframe


def test_an_annotation_that_is_not_there_is_told(tmp_path):
    from sportsgpt_lib.target_models.annotation import load_annotation

    with pytest.raises(MovementFileError, match="give its right path"):
        load_annotation(tmp_path / "nothing.toml")


def test_gaps_in_slow_motion_are_measured_in_time_of_the_movement(tmp_path):
    recorded = record_walk(4.0)
    for angle in ("thigh_angle", "knee_flexion"):
        for side in ("left", "right"):
            recorded = _with_gap(recorded, f"{side}_{angle}", 100, 104)
    changes = [(f"= {t}\n", f"= {t * 4.0}\n") for t in (1.5, 2.7, 2.1)]
    assert _problems(tmp_path, *changes, recorded=recorded) == ()


def test_the_ends_of_a_cycle_are_drawn_together_evenly(tmp_path):
    recorded = record_walk()
    drift_deg = 5.0 * (recorded.clip_times_s - 1.5) / STRIDE_S
    knee_deg = recorded.angles_deg["left_knee_flexion"]
    drifting = dict(recorded.angles_deg) | {"left_knee_flexion": knee_deg + drift_deg}
    made = _add(
        tmp_path, annotate(tmp_path, CYCLIC), replace(recorded, angles_deg=drifting)
    )
    column = made.curves_deg[:, made.quantities.index("knee_flexion")]
    assert column[0] == pytest.approx(column[-1], abs=0.011)
    truth = np.interp(
        1.5 + made.cycle_shares * STRIDE_S, recorded.clip_times_s, knee_deg
    )
    np.testing.assert_allclose(column, truth + 2.5, atol=0.05)
