import numpy as np
import pytest

from sportsgpt_lib.reporting.face_blur import track_head
from sportsgpt_lib.reporting.overlay import (
    WIDEST_OVERLAY_PX,
    KeyframeFlash,
    OverlayAthlete,
    OverlayPainter,
    Readout,
    find_pose_at,
    fit_overlay_size,
)
from sportsgpt_lib.reporting.skeleton_drawing import HIGHLIGHT_RGB
from tests.reporting.walking_figure import build_noise, build_poses


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((1768, 994), (960, 540)),
        ((1080, 1920), (960, 1706)),
        ((640, 360), (640, 360)),
        ((321, 241), (320, 240)),
        ((1, 1), (2, 2)),
    ],
)
def test_overlay_is_at_most_as_wide_as_allowed_and_even(size, fitted):
    assert fit_overlay_size(*size) == fitted
    assert fitted[0] <= WIDEST_OVERLAY_PX


def test_pose_is_taken_from_the_frame_shown_then():
    poses = build_poses()
    pose = find_pose_at(poses, float(poses.times_s[4]) + 0.001)
    assert np.array_equal(pose, poses.positions_px[4])


@pytest.mark.parametrize("time_s", [-1.0, 5.0])
def test_no_pose_outside_the_sequence(time_s):
    assert find_pose_at(build_poses(), time_s) is None


def test_no_pose_inside_a_gap_of_missing_frames():
    poses = build_poses()
    kept = [idx for idx in range(20) if not 5 <= idx < 15]
    gappy = type(poses)(
        poses.times_s[kept],
        poses.positions_px[kept],
        poses.confidence[kept],
        None,
        320,
        240,
    )
    assert find_pose_at(gappy, float(poses.times_s[10])) is None


def paint(athlete, time_s=0.0, image=None):
    painter = OverlayPainter([athlete], [track_head(athlete.poses)])
    return painter.paint(build_noise() if image is None else image, time_s)


def test_frame_of_the_clip_stays_as_it_was():
    image = build_noise()
    before = image.copy()
    painted = paint(OverlayAthlete("walker-a", build_poses()), image=image)
    assert np.array_equal(image, before)
    assert not np.array_equal(painted, before)


def test_keyframe_flashes_at_its_time_only():
    athlete = OverlayAthlete(
        "walker-a", build_poses(), (KeyframeFlash(0.2, "Foot strike"),)
    )

    def has_border(time_s):
        return bool((paint(athlete, time_s)[0] == HIGHLIGHT_RGB).all())

    assert [has_border(time_s) for time_s in (0.0, 0.2, 0.4, 0.7)] == [
        False,
        True,
        True,
        False,
    ]


def test_readout_is_shown_and_a_gap_in_it_is_not():
    poses = build_poses()
    bare = paint(OverlayAthlete("walker-a", poses))

    def with_value(value):
        values = np.full(poses.frame_count, value)
        readout = Readout("Left knee flexion", "deg", poses.times_s, values)
        return paint(OverlayAthlete("walker-a", poses, readout=readout))

    assert not np.array_equal(bare, with_value(41.0))
    assert np.array_equal(bare, with_value(np.nan))
