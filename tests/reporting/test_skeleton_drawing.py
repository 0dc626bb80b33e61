import numpy as np
import pytest

from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.reporting.skeleton_drawing import (
    LEFT_RGB,
    RIGHT_RGB,
    draw_lines,
    draw_skeleton,
    draw_words,
    measure_words,
)
from tests.reporting.walking_figure import build_poses

WHITE = (255, 255, 255)


def blank(height=240, width=320):
    return np.zeros((height, width, 3), dtype=np.uint8)


def count_colour(image, colour, tolerance=40):
    return int((np.abs(image.astype(int) - colour).max(axis=2) < tolerance).sum())


def test_left_and_right_have_their_own_colours():
    image = blank()
    draw_skeleton(image, build_poses().positions_px[0], 3)
    assert count_colour(image, LEFT_RGB) > 50
    assert count_colour(image, RIGHT_RGB) > 50


def test_unseen_side_is_not_drawn():
    pose = build_poses().positions_px[0].copy()
    for name, idx in KEYPOINT_INDEX.items():
        if name.startswith("left_"):
            pose[idx] = np.nan
    image = blank()
    draw_skeleton(image, pose, 3)
    assert count_colour(image, LEFT_RGB) == 0
    assert count_colour(image, RIGHT_RGB) > 50


def test_nobody_seen_leaves_the_picture_alone():
    image = blank()
    draw_skeleton(image, np.full((26, 2), np.nan), 3)
    assert not image.any()


def test_dashed_line_has_gaps_and_reaches_both_ends():
    line = np.array([[[10.0, 20.0], [210.0, 20.0]]])
    solid, dashed = blank(40, 220), blank(40, 220)
    draw_lines(solid, line, WHITE, 3)
    draw_lines(dashed, line, WHITE, 3, is_dashed=True)
    assert count_colour(dashed, WHITE) < 0.8 * count_colour(solid, WHITE)
    assert dashed[20, 11].min() > 200
    assert dashed[20, 209].min() > 200


@pytest.mark.parametrize("far_px", [1e6, -1e6, np.inf, np.nan])
def test_absurd_positions_are_left_out(far_px):
    image = blank()
    draw_lines(image, np.array([[[10.0, 10.0], [far_px, 10.0]]]), WHITE, 2)
    assert not image.any()


@pytest.mark.parametrize("corner", [(-50.0, -50.0), (1e4, 1e4), (10.0, 10.0)])
def test_words_stay_inside_the_picture(corner):
    image = blank()
    draw_words(image, "41° ± 4°", corner, 16)
    assert image.any()


def test_words_that_are_too_long_are_no_error():
    draw_words(blank(20, 30), "a label much longer than the picture", (0.0, 0.0), 16)


def test_measured_box_grows_with_the_words():
    assert measure_words("41° ± 4°", 16)[0] > measure_words("41°", 16)[0]
