"""Measures of a pose's quality on bodies built by hand."""

import numpy as np
import pytest

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.quality import (
    RULES,
    judge_measures,
    measure_pose,
    measure_swapped_share,
)
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

TIMES_S = np.arange(60) / 30.0


def stand() -> FloatArray:
    """Build a body that stands still: thighs and shanks of 100 px."""
    points = np.full((60, len(KEYPOINTS), 3), 0.9)
    points[:, :, 0] = 300.0
    points[:, :, 1] = 400.0
    for side in ("left", "right"):
        for joint, height_px in (("hip", 200.0), ("knee", 300.0), ("ankle", 400.0)):
            points[:, KEYPOINT_INDEX[f"{side}_{joint}"], 1] = height_px
    return points


def measure(
    points: FloatArray, is_filled: FloatArray | None = None
) -> dict[str, float]:
    filled = np.zeros(points.shape[:2]) if is_filled is None else is_filled
    return measure_pose(TIMES_S, points, points[:, :, :2], filled)


def test_a_body_that_is_seen_whole_has_nothing_wrong():
    values = measure(stand())
    assert values == {
        "visible_joint_share": 1.0,
        "track_breaks": 0.0,
        "filled_share": 0.0,
        "limb_length_variation": 0.0,
    }
    assert {measured.verdict for measured in judge_measures(values)} == {"PASS"}


def test_joints_of_low_confidence_are_not_visible():
    points = stand()
    points[:, KEYPOINT_INDEX["left_ankle"], 2] = 0.1
    assert measure(points)["visible_joint_share"] == pytest.approx(11 / 12)


def test_joints_the_network_does_not_know_do_not_count():
    points = stand()
    points[:, KEYPOINT_INDEX["left_heel"]] = [np.nan, np.nan, 0.0]
    assert measure(points)["visible_joint_share"] == 1.0


def test_only_pauses_too_long_to_fill_break_a_track():
    points = stand()
    points[10:15] = [np.nan, np.nan, 0.0]
    assert measure(points)["track_breaks"] == 0.0
    points[30:40] = [np.nan, np.nan, 0.0]
    assert measure(points)["track_breaks"] == 1.0


def test_filled_points_are_counted():
    is_filled = np.zeros((60, len(KEYPOINTS)))
    is_filled[:30, KEYPOINT_INDEX["right_knee"]] = 1.0
    assert measure(stand(), is_filled)["filled_share"] == pytest.approx(0.5 / 12)


def test_a_shank_that_breathes_is_seen_and_one_wild_frame_is_not():
    points = stand()
    points[5, KEYPOINT_INDEX["left_ankle"], 1] = 800.0
    assert measure(points)["limb_length_variation"] == 0.0
    rng = np.random.default_rng(7)
    for joint in ("left_knee", "right_knee", "left_ankle", "right_ankle"):
        points[:, KEYPOINT_INDEX[joint], 1] += rng.normal(0, 30.0, 60)
    (judged,) = judge_measures(
        {"limb_length_variation": measure(points)["limb_length_variation"]}
    )
    assert judged.verdict in ("WARN", "QUARANTINE")
    assert "change their length" in str(judged.reason)
    assert judged.fix


def test_nobody_at_all_gives_no_number_and_no_verdict():
    nothing = np.full((60, len(KEYPOINTS), 3), [np.nan, np.nan, 0.0])
    values = measure_pose(
        TIMES_S, nothing, nothing[:, :, :2], np.zeros(nothing.shape[:2])
    )
    assert np.isnan(values["visible_joint_share"])
    judged = {m.name: m for m in judge_measures(values)}
    assert judged["visible_joint_share"].value is None
    assert judged["visible_joint_share"].reason_code is None


@pytest.mark.parametrize(
    ("value", "verdict", "code"),
    [
        (0.95, "PASS", None),
        (0.5, "WARN", "athlete_partly_seen"),
        (0.2, "QUARANTINE", "athlete_barely_seen"),
    ],
)
def test_limits_part_pass_warning_and_stop(value, verdict, code):
    (judged,) = judge_measures({"seen_share": value})
    assert (judged.verdict, judged.reason_code) == (verdict, code)
    assert (judged.reason is None) == (verdict == "PASS")


def test_a_frame_swapped_in_two_groups_counts_once():
    assert measure_swapped_share(10, np.array([3, 4, 4, 3])) == pytest.approx(0.2)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_speaks_of_its_value_and_is_ordered(name):
    rule = RULES[name]
    limits = [
        limit for limit in (rule.stop_limit, rule.warn_limit) if limit is not None
    ]
    assert limits == sorted(limits, reverse=not rule.is_at_least)
    assert rule.found.format(value=0.123, limit=0.456) != rule.found


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("swapped_share", 0.0530, "5.3% of the frames (more than 5%)"),
        ("swapped_share", 0.0812, "8% of the frames (more than 5%)"),
        ("swapped_share", 0.3502, "35.02% of the frames (more than 35%)"),
        ("seen_share", 0.8996, "89.96% of the window (at least 90%"),
        ("frame_rate", 23.976, "23.98 pictures a second (at least 24 "),
        ("sharpness", 0.3999, "sharpness 0.3999 (at least 0.4 "),
    ],
)
def test_reason_never_reads_as_if_value_and_limit_were_equal(name, value, words):
    (judged,) = judge_measures({name: value})
    assert words in str(judged.reason)
