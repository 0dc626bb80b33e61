import cv2
import numpy as np
import pytest

from sportsgpt_lib.reporting.face_blur import track_head
from sportsgpt_lib.reporting.pictures import (
    PICTURE_HEIGHT_PX,
    PictureRequest,
    draw_picture,
)
from tests.reporting.walking_figure import build_noise, build_poses


def request(quantity="left_knee_flexion", poses=None, **changes):
    content = {
        "key": "k",
        "poses": poses or build_poses(),
        "time_s": 0.0,
        "words": "41° ± 4°",
        "quantity": quantity,
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
    assert picture.height_px <= PICTURE_HEIGHT_PX


def test_frame_itself_stays_as_it_was():
    frame = build_noise()
    before = frame.copy()
    draw(request(), frame)
    assert np.array_equal(frame, before)


def test_angle_picture_is_cut_closer_than_that_of_the_whole_body():
    whole, angle = draw(request(None)), draw(request())
    assert whole.height_px < angle.height_px or whole.width_px > angle.width_px


def test_quantity_that_is_no_angle_still_gives_a_picture():
    assert draw(request("hip_height")) is not None


def test_athlete_without_a_pose_at_the_time_gives_no_picture():
    assert draw(request(), time_s=60.0) is None


@pytest.mark.parametrize("start_x_px", [2.0, 318.0])
def test_athlete_at_the_edge_gives_a_picture_inside_the_frame(start_x_px):
    picture = draw(request(poses=build_poses(start_x_px=start_x_px)))
    assert picture is not None


def test_face_is_hidden_in_a_picture_of_the_whole_body():
    wanted = request(None)
    hidden = decode(draw(wanted))
    open_face = decode(draw_picture(build_noise(), 0.0, wanted, []))
    changed = np.abs(hidden.astype(int) - open_face).max(axis=2) > 60
    rows = np.nonzero(changed.any(axis=1))[0]
    assert rows.size > 10
    assert rows.max() < hidden.shape[0] / 2
