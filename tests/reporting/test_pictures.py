import cv2
import numpy as np
import pytest

from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.reporting.distance_marks import PictureScale
from sportsgpt_lib.reporting.evidence_shots import TRAVEL_DIRECTION
from sportsgpt_lib.reporting.face_blur import track_head
from sportsgpt_lib.reporting.pictures import (
    PICTURE_HEIGHT_PX,
    PictureRequest,
    draw_picture,
    list_marks,
    say_frame,
)
from tests.reporting.walking_figure import build_noise, build_poses

SCALE = PictureScale(1, 190.0)


def request(quantities=("left_knee_flexion",), poses=None, **changes):
    content = {
        "key": "k",
        "poses": poses or build_poses(),
        "time_s": 0.0,
        "lines": ("Measured 41° ± 4°", "Target 50 to 70°"),
        "quantities": quantities,
        "scale": SCALE,
    }
    return PictureRequest(**{**content, **changes})


def draw(wanted, image=None, time_s=0.0):
    frame = build_noise() if image is None else image
    return draw_picture(frame, time_s, wanted, [track_head(wanted.poses)])


def decode(picture):
    return cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)


def test_picture_is_a_jpeg_of_the_size_it_says():
    picture = draw(request())
    assert decode(picture).shape[:2] == (picture.height_px, picture.width_px)
    assert picture.height_px <= 1.5 * PICTURE_HEIGHT_PX


def test_frame_itself_stays_as_it_was():
    frame = build_noise()
    before = frame.copy()
    draw(request(), frame)
    assert np.array_equal(frame, before)


def test_words_stand_above_the_picture_and_hide_nothing_of_it():
    plain, written = draw(request(lines=())), draw(request())
    assert plain.width_px == written.width_px
    more_px = written.height_px - plain.height_px
    assert more_px > 0
    below = decode(written)[more_px + 30 :]
    assert np.abs(below.astype(int) - decode(plain)[30:]).mean() < 12.0


def test_long_words_are_wrapped_not_cut():
    short, long = draw(request()), draw(request(lines=("word " * 30, "Target")))
    assert long.width_px == short.width_px
    assert long.height_px > short.height_px


def test_angle_is_drawn_only_where_its_limb_is_seen():
    unseen = build_poses()
    unseen.positions_px[:, KEYPOINT_INDEX["left_ankle"]] = np.nan
    assert list_marks(unseen.positions_px[0], request(poses=unseen)) == []
    assert len(list_marks(build_poses().positions_px[0], request())) == 1


def test_what_no_picture_can_show_still_gives_a_picture():
    assert draw(request(("hip_forward",))) is not None


def test_arrow_of_a_direction_points_where_it_was_measured():
    wanted = request((TRAVEL_DIRECTION,), direction_deg=30.0)
    (mark,) = list_marks(build_poses().positions_px[0], wanted)
    across, down = mark.limb_end - mark.vertex
    assert np.degrees(np.arctan2(-down, across)) == pytest.approx(30.0)
    assert mark.drawn_deg == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("frame_time_s", "words"),
    [
        (1.004, "frame 4 ms after the instant"),
        (0.98, "frame 20 ms before the instant"),
        (1.0, "frame at the very instant"),
    ],
)
def test_picture_says_how_far_its_frame_is(frame_time_s, words):
    assert say_frame(frame_time_s, 1.0) == words


def test_athlete_without_a_pose_at_the_time_gives_no_picture():
    assert draw(request(), time_s=60.0) is None


@pytest.mark.parametrize("start_x_px", [2.0, 318.0])
def test_athlete_at_the_edge_gives_a_picture_inside_the_frame(start_x_px):
    picture = draw(request(poses=build_poses(start_x_px=start_x_px)))
    assert picture is not None


def test_face_is_hidden_in_a_picture_of_the_whole_body():
    wanted = request((), lines=())
    hidden = decode(draw(wanted))
    open_face = decode(draw_picture(build_noise(), 0.0, wanted, []))
    changed = np.abs(hidden.astype(int) - open_face).max(axis=2) > 60
    rows = np.nonzero(changed.any(axis=1))[0]
    assert rows.size > 10
    assert rows.max() < hidden.shape[0] / 2
