from dataclasses import replace
from io import BytesIO

import matplotlib.colors
import matplotlib.image
import numpy as np
import pytest

from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.reporting.pose_trail import PoseTrail
from sportsgpt_lib.reporting.repair_plots import (
    _SHADES,
    RepairSpan,
    compute_knee_bend_deg,
    plot_knee_angles,
    plot_side,
)
from sportsgpt_lib.storage.pose_audit_tables import REPAIR_RULES
from tests.reporting.walking_figure import build_poses

LARGEST_BYTES = 100_000
TITLE = "walker-a · Walk · a.mp4"


def build_trail(frame_count=60):
    poses = build_poses(frame_count)
    rng = np.random.default_rng(11)
    raw_px = poses.positions_px + rng.normal(0, 2, poses.positions_px.shape)
    words = np.full(poses.confidence.shape, "none", dtype="<U32")
    return PoseTrail(poses, raw_px, words, words != "none")


def span(rule, keypoint="left_knee", start_s=0.5, end_s=1.0):
    return RepairSpan(rule, keypoint, start_s, end_s)


def read(png):
    return matplotlib.image.imread(BytesIO(png), format="png")[:, :, :3]


def count_shaded(png, rule):
    """Count pixels of a shade on white; the legend's own patch is left out."""
    colour = np.array(matplotlib.colors.to_rgb(_SHADES[rule].colour))
    shade = 0.3 * colour + 0.7
    picture = read(png)[:-40]
    return int((np.abs(picture - shade).max(axis=2) < 0.02).sum())


@pytest.mark.parametrize("rule", [rule for rule in _SHADES if rule != "gap_left_open"])
def test_repaired_range_is_shaded_for_its_joint_only(rule):
    trail = build_trail()
    shaded = plot_side(trail, [span(rule)], "left", TITLE)
    assert count_shaded(shaded, rule) > 500
    for spans, side in (
        ([span(rule)], "right"),
        ([span(rule, "nose")], "left"),
        ([], "left"),
    ):
        assert count_shaded(plot_side(trail, spans, side, TITLE), rule) == 0


def test_repair_of_the_whole_person_is_shaded_everywhere():
    rule = "identity_linked"
    one = plot_side(build_trail(), [span(rule)], "left", TITLE)
    all_joints = plot_side(build_trail(), [span(rule, "all")], "left", TITLE)
    assert count_shaded(all_joints, rule) > 2.5 * count_shaded(one, rule)


def test_ranges_that_overlap_are_shaded_once():
    trail, rule = build_trail(), "gap_filled"
    joints = [span(rule, f"left_{joint}") for joint in ("hip", "knee", "ankle")]
    once, often = (
        plot_knee_angles(trail, spans, TITLE) for spans in (joints[:1], joints)
    )
    assert count_shaded(often, rule) == count_shaded(once, rule) > 500


def test_every_rule_but_the_filter_has_its_shade_and_no_two_look_alike():
    assert set(_SHADES) == set(REPAIR_RULES) - {"low_pass_filtered"}
    looks = {(shade.colour, shade.hatch) for shade in _SHADES.values()}
    assert len(looks) == len(_SHADES)


def test_hatching_of_a_single_frame_can_be_seen():
    rule = "outlier_dropped"
    plain = _SHADES[rule]._replace(hatch="")
    trail, one = build_trail(), [span(rule, start_s=0.5, end_s=0.54)]
    hatched = read(plot_side(trail, one, "left", TITLE))[:-40]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(_SHADES, rule, plain)
        flat = read(plot_side(trail, one, "left", TITLE))[:-40]
    assert (np.abs(hatched - flat).max(axis=2) > 0.2).sum() > 40


def test_title_names_the_recording_clear_of_the_plots():
    named, other = (
        read(plot_side(build_trail(), [], "left", title)) for title in (TITLE, "b")
    )
    rows = (named != other).any(axis=(1, 2)).nonzero()[0]
    assert rows.size > 0
    assert rows.max() < 24


def test_raw_points_are_seen_beside_the_line():
    trail = build_trail()
    unseen = replace(trail, raw_px=np.full_like(trail.raw_px, np.nan))
    assert not np.array_equal(
        read(plot_side(trail, [], "left", TITLE)),
        read(plot_side(unseen, [], "left", TITLE)),
    )


def test_plots_of_a_long_recording_are_small_files():
    trail = build_trail(1800)
    spans = [
        span(rule, f"left_{joint}", start_s, start_s + 0.3)
        for rule in _SHADES
        for joint in ("hip", "knee", "ankle")
        for start_s in np.arange(0.0, 60.0, 5.0)
    ]
    assert len(plot_side(trail, spans, "left", TITLE)) < LARGEST_BYTES
    assert len(plot_knee_angles(trail, spans, TITLE)) < LARGEST_BYTES


@pytest.mark.parametrize("mirror", [1.0, -1.0])
def test_knee_bend_is_the_same_walking_to_either_side(mirror):
    positions = np.full((2, 26, 2), np.nan)
    for joint, place in (("hip", (0, 0)), ("knee", (0, 40)), ("ankle", (-40, 40))):
        positions[0, KEYPOINT_INDEX[f"left_{joint}"]] = place
    positions[..., 0] *= mirror
    bend = compute_knee_bend_deg(positions, "left")
    assert bend[0] == pytest.approx(90.0)
    assert np.isnan(bend[1])
