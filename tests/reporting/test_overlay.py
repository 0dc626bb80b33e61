import itertools
from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.pose.skeleton import KEYPOINTS
from sportsgpt_lib.reporting.face_blur import track_head
from sportsgpt_lib.reporting.overlay import (
    WIDEST_OVERLAY_PX,
    OverlayPainter,
    fit_overlay_size,
    shrink_frame,
)
from sportsgpt_lib.reporting.people_drawing import OTHERS_RGB
from sportsgpt_lib.reporting.pose_trail import PoseTrail
from sportsgpt_lib.reporting.repair_marks import (
    DROPPED_RGB,
    FILLED_RGB,
    SWAPPED_RGB,
)
from sportsgpt_lib.reporting.scene import (
    FloorMark,
    KeyframeFlash,
    Readout,
    Scene,
    SceneAthlete,
    ScenePerson,
    find_pose_at,
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


def paint(athlete, time_s=0.0, image=None, frame_idx=0, **scene):
    image = shrink_frame(build_noise() if image is None else image)
    heads = [track_head(athlete.poses)]
    painter = OverlayPainter(Scene((athlete,), **scene), heads, image.shape[1])
    painter.paint(image, time_s, frame_idx)
    return image


def test_frame_of_the_clip_stays_as_it_was():
    image = build_noise()
    before = image.copy()
    painted = paint(SceneAthlete("walker-a", build_poses()), image=image)
    assert np.array_equal(image, before)
    assert not np.array_equal(painted, before)


def test_keyframe_flashes_at_its_time_only():
    athlete = SceneAthlete(
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
    bare = paint(SceneAthlete("walker-a", poses))

    def with_value(value):
        values = np.full(poses.frame_count, value)
        readout = Readout("Left knee flexion", "deg", poses.times_s, values)
        return paint(SceneAthlete("walker-a", poses, readout=readout))

    assert not np.array_equal(bare, with_value(41.0))
    assert np.array_equal(bare, with_value(np.nan))


def count_near(image, colour, centre, reach_px=9, tolerance=60):
    x, y = (round(float(number)) for number in centre)
    part = image[
        max(y - reach_px, 0) : y + reach_px, max(x - reach_px, 0) : x + reach_px
    ]
    return int((np.abs(part.astype(int) - colour).max(axis=2) < tolerance).sum())


def build_dark():
    return np.zeros((240, 320, 3), dtype=np.uint8)


def build_repaired(word, joint="left_wrist", moved_px=(0.0, 0.0)):
    """A walker of whom one joint was repaired in every frame."""
    poses = build_poses()
    place = KEYPOINTS.index(joint)
    repair = np.full(poses.confidence.shape, "none", dtype="<U32")
    repair[:, place] = word
    is_swapped = repair == "swapped"
    raw_px = poses.positions_px.copy()
    raw_px[:, place] += moved_px
    positions_px = poses.positions_px.copy()
    if word.endswith("dropped"):
        positions_px[:, place] = np.nan
    poses = replace(poses, positions_px=positions_px)
    trail = PoseTrail(poses, raw_px, repair, is_swapped)
    return SceneAthlete("walker-a", poses, trail=trail), raw_px[0, place]


@pytest.mark.parametrize(
    ("word", "colour"),
    [
        ("gap_filled", FILLED_RGB),
        ("swapped", SWAPPED_RGB),
        ("outlier_dropped", DROPPED_RGB),
        ("low_confidence_dropped", DROPPED_RGB),
    ],
)
def test_repaired_point_is_marked_in_the_colour_of_its_kind(word, colour):
    athlete, place = build_repaired(word)
    marked = paint(athlete, image=build_dark())
    assert count_near(marked, colour, place) > 5
    plain = paint(replace(athlete, trail=None), image=build_dark())
    assert count_near(plain, colour, place) == 0


def test_dropped_outlier_is_crossed_where_it_was_and_squared_where_it_was_put():
    athlete, raw = build_repaired("outlier_filled", moved_px=(40.0, 30.0))
    marked = paint(athlete, image=build_dark())
    put = raw - (40.0, 30.0)
    assert count_near(marked, DROPPED_RGB, raw) > 5
    assert count_near(marked, FILLED_RGB, put) > 5
    assert count_near(marked, FILLED_RGB, raw) == 0


def test_dropped_point_of_an_exchanged_side_is_crossed_where_the_network_saw_it():
    """The network named the doubtful point right; it is dropped as the left one."""
    athlete, left = build_repaired("low_confidence_dropped", "left_knee")
    right = athlete.trail.raw_px[0, KEYPOINTS.index("right_knee")]
    is_swapped = np.zeros(athlete.trail.repair.shape, dtype=bool)
    is_swapped[:, [KEYPOINTS.index(f"{side}_knee") for side in ("left", "right")]] = (
        True
    )
    trail = replace(athlete.trail, is_swapped=is_swapped)
    marked = paint(replace(athlete, trail=trail), image=build_dark())
    assert count_near(marked, DROPPED_RGB, right, 6) > 5
    assert count_near(marked, DROPPED_RGB, left, 6) == 0


def test_exchange_is_marked_although_the_point_was_filled_later():
    athlete, place = build_repaired("low_confidence_filled")
    trail = replace(athlete.trail, is_swapped=athlete.trail.repair != "none")
    marked = paint(replace(athlete, trail=trail), image=build_dark())
    for colour in (SWAPPED_RGB, FILLED_RGB):
        assert count_near(marked, colour, place, 12) > 5


def test_marks_differ_in_shape_as_well_as_in_colour():
    shapes = []
    for word in ("gap_filled", "swapped", "outlier_dropped"):
        athlete, (x, y) = build_repaired(word)
        bare = paint(replace(athlete, trail=None), image=build_dark())
        marked = paint(athlete, image=build_dark())
        x, y = round(x), round(y)
        part = np.s_[y - 6 : y + 7, x - 6 : x + 7]
        shapes.append((marked[part] != bare[part]).any(axis=2))
    assert not any(np.array_equal(a, b) for a, b in itertools.combinations(shapes, 2))


def test_legend_stands_only_where_something_was_repaired():
    def has_legend(word):
        image = np.full((240, 320, 3), 255, dtype=np.uint8)
        athlete, _ = build_repaired(word, joint="neck")
        return count_near(paint(athlete, image=image), SWAPPED_RGB, (250, 225), 60) > 5

    assert has_legend("gap_filled")
    assert not has_legend("none")


def test_time_code_changes_with_the_time_and_with_the_frame():
    athlete = SceneAthlete("walker-a", build_poses())
    corner = np.s_[:30, :200]
    first, later, other = (
        paint(athlete, time_s, build_dark(), frame_idx)[corner]
        for time_s, frame_idx in ((99.0, 7), (99.001, 7), (99.0, 8))
    )
    assert not np.array_equal(first, later)
    assert not np.array_equal(first, other)


def test_slow_motion_is_said_in_the_picture():
    athlete = SceneAthlete("walker-a", build_poses())
    plain = paint(athlete, 99.0, build_dark())
    slow = paint(athlete, 99.0, build_dark(), playback="1/8 speed")
    changed = (plain != slow).any(axis=(0, 2)).nonzero()[0]
    assert changed.size
    assert not plain[:, changed.min() + 5 :].any()


def test_others_are_drawn_thin_and_grey_with_their_number():
    athlete = SceneAthlete("walker-a", build_poses())
    other = build_poses(start_x_px=220.0)
    others = (ScenePerson("person 3", other),)
    picture = paint(athlete, image=build_dark(), others=others)
    alone = paint(athlete, image=build_dark())
    knee = other.positions_px[0, KEYPOINTS.index("left_knee")]
    assert count_near(picture, OTHERS_RGB, knee, tolerance=25) > 5
    assert not (picture != alone)[150:, :180].any()
    over_the_head = picture[:20, 190:300]
    assert count_near(over_the_head, OTHERS_RGB, (40, 10), 40) > 20


def test_floor_line_runs_where_the_floor_is_and_only_along_the_way():
    floor = FloorMark(230.0, -0.1, start_px=80.0, end_px=280.0, label="")
    picture = paint(SceneAthlete("a", build_poses(), floor=floor), 99.0, build_dark())
    below = picture[100:].max(axis=2)
    bright = [100 + int(below[:, x].argmax()) for x in (120, 160, 270)]
    assert bright == pytest.approx([218, 214, 203], abs=1)
    assert not below[:, :70].any()
    assert not below[:, 290:].any()


def test_every_floor_line_says_whose_it_is_at_its_own_end():
    def draw(*labels):
        athletes = tuple(
            SceneAthlete("a", build_poses(), floor=FloorMark(200.0, 0.0, 20, 300, word))
            for word in labels
        )
        image = shrink_frame(build_dark())
        OverlayPainter(Scene(athletes), [], image.shape[1]).paint(image, 99.0, 0)
        return image[202:]

    both = draw("floor one", "floor two")
    first = (both != draw("", "floor two")).any(axis=(0, 2)).nonzero()[0]
    second = (both != draw("floor one", "")).any(axis=(0, 2)).nonzero()[0]
    assert 15 < first.min() <= first.max() < second.min() <= second.max() < 305


def find_banner(image):
    """The box of letters in the colour of keyframes, inside the border."""
    is_banner = (np.abs(image.astype(int) - HIGHLIGHT_RGB).max(axis=2) < 40)[6:-6, 6:-6]
    rows, columns = (is_banner.any(axis=axis).nonzero()[0] + 6 for axis in (1, 0))
    return columns.min(), rows.min(), columns.max(), rows.max()


def test_keyframe_is_announced_at_the_top_right_where_nobody_is():
    keyframes = (KeyframeFlash(0.2, "Toe off"),)
    athlete = SceneAthlete("w", build_poses(start_x_px=40.0), keyframes)
    left, _, right, bottom = find_banner(paint(athlete, 0.2, build_dark()))
    assert 200 < left < right < 320
    assert bottom < 60


@pytest.mark.parametrize("start_x_px", [40.0, 120.0, 200.0])
def test_keyframe_is_never_announced_over_a_skeleton(start_x_px):
    poses = build_poses(start_x_px=start_x_px)
    athlete = SceneAthlete("w", poses, (KeyframeFlash(0.2, "Toe off"),))
    left, top, right, bottom = find_banner(paint(athlete, 0.2, build_dark()))
    x, y = poses.positions_px[5].T
    inside = (left <= x) & (x <= right) & (top <= y) & (y <= bottom)
    assert not inside.any()


def test_newest_keyframe_of_an_athlete_takes_the_place_of_the_one_before():
    def announce(*flashes):
        keyframes = tuple(KeyframeFlash(*flash) for flash in flashes)
        athlete = SceneAthlete("w", build_poses(start_x_px=40.0), keyframes)
        return paint(athlete, 0.28, build_dark())

    newest = announce((0.28, "toe off"))
    assert np.array_equal(announce((0.04, "strike"), (0.28, "toe off")), newest)
    together = announce((0.28, "toe off"), (0.281, "swing"))
    assert np.array_equal(together, announce((0.28, "toe off, swing")))
