from itertools import islice

import numpy as np
import pytest

from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.reporting.face_blur import HeadTrack
from sportsgpt_lib.reporting.face_finder import MediapipeFaceFinder
from sportsgpt_lib.reporting.stray_faces import StrayFaces

# Where the walker's face is in this frame of the demo clip; found by looking.
FRAME, FACE_PX = 75, (1255.0, 560.0)


@pytest.fixture(scope="module")
def frame(shared_data):
    clip = shared_data / "video_sports2d_flip" / "demo.mp4"
    return next(islice(read_frames(clip, FRAME), 1))


@pytest.fixture(scope="module")
def finder():
    return MediapipeFaceFinder()


def is_near(circles, reach_px=30.0):
    return np.hypot(*(circles[:, :2] - FACE_PX).T) < reach_px


def test_far_face_in_a_wide_frame_is_found_and_covered(frame, finder):
    circles = finder.find(frame.image_rgb)
    found = circles[is_near(circles)]
    assert len(found) > 0
    assert 18 < found[0, 2] < 60


def test_face_is_found_in_a_small_picture_too(frame, finder):
    cut = np.ascontiguousarray(frame.image_rgb[450:750, 1100:1400])
    circles = np.add(finder.find(cut), (1100.0, 450.0, 0.0))
    assert is_near(circles).any()


def test_empty_picture_has_no_face(finder):
    assert finder.find(np.full((120, 90, 3), 128, dtype=np.uint8)).shape == (0, 3)


def test_face_that_a_track_holds_is_no_stranger(frame, finder):
    head = HeadTrack(np.array([frame.time_s]), np.array([[*FACE_PX, 45.0]]))

    def count_strangers(heads):
        tracks = StrayFaces(finder, heads).find_at(frame.image_rgb, frame.time_s)
        circles = np.array([track.circles_px[0] for track in tracks]).reshape(-1, 3)
        return int(is_near(circles).sum())

    assert count_strangers([]) > 0
    assert count_strangers([head]) == 0


class Scripted:
    """Finds, look by look, what it was told."""

    def __init__(self, *looks):
        self.looks = list(looks)

    def find(self, image_rgb):
        return np.array(self.looks.pop(0), dtype=float).reshape(-1, 3)


IMAGE = np.zeros((10, 10, 3), dtype=np.uint8)


def find_at(tracks, time_s):
    return [track.find_head(time_s) for track in tracks]


def test_face_between_two_looks_is_where_it_was_on_the_way():
    strays = StrayFaces(Scripted([(100, 50, 10)], [(120, 50, 10)]), [])
    strays.look(IMAGE, 0.0)
    (middle,) = find_at(strays.look(IMAGE, 0.5), 0.25)
    assert middle[0] == pytest.approx(110)


def test_face_missed_by_a_look_stays_hidden_for_a_while_and_not_for_ever():
    strays = StrayFaces(Scripted([(100, 50, 10)], [], [], [], [], []), [])
    counts = [len(strays.look(IMAGE, 0.5 * look)) for look in range(6)]
    assert counts[:4] == [1, 1, 1, 1]
    assert counts[-1] == 0


def test_two_faces_far_apart_are_not_taken_for_one():
    strays = StrayFaces(Scripted([(100, 50, 10)], [(300, 50, 10)]), [])
    strays.look(IMAGE, 0.0)
    places = sorted(head[0] for head in find_at(strays.look(IMAGE, 0.5), 0.25))
    assert places == [100, 300]


@pytest.mark.parametrize(
    ("found", "is_strange"),
    [
        ((103, 50, 24), False),  # the tracked head's own, a little larger
        ((114, 50, 12), True),  # somebody behind the shoulder
        ((103, 50, 40), True),  # somebody nearer to the camera
    ],
)
def test_own_face_leaves_no_trail_and_others_are_remembered(found, is_strange):
    head = HeadTrack(np.array([0.0]), np.array([[100.0, 50.0, 20.0]]))
    strays = StrayFaces(Scripted([found], []), [head])
    strays.look(IMAGE, 0.0)
    assert bool(strays.look(IMAGE, 0.5)) == is_strange


def test_second_face_beside_a_tracked_head_is_hidden_too():
    times_s = np.linspace(0.0, 1.0, 21)
    head = HeadTrack(times_s, np.full((21, 3), (100.0, 100.0, 20.0)))
    for away_px, count in ((28.0, 1), (14.0, 1), (9.0, 0)):
        strays = StrayFaces(Scripted([(100 + away_px, 100, 10)]), [head])
        assert len(find_at(strays.look(IMAGE, 0.5), 0.5)) == count


def test_face_under_the_grown_circle_of_a_head_not_seen_then_is_hidden_too():
    head = HeadTrack(np.array([0.0, 1.0]), np.array([[100.0, 100.0, 20.0]] * 2))
    assert head.find_head(0.5)[2] > 40
    strays = StrayFaces(Scripted([(128, 100, 10)]), [head])
    assert len(strays.look(IMAGE, 0.5)) == 1


def test_face_remembered_from_a_look_is_hidden_in_a_picture_that_misses_it():
    strays = StrayFaces(Scripted([(100, 50, 10)], [], []), [])
    strays.look(IMAGE, 0.0)
    ((x, y, radius),) = find_at(strays.find_at(IMAGE, 0.3), 0.3)
    assert (x, y) == (100, 50)
    ((*_, later_radius),) = find_at(strays.find_at(IMAGE, 0.6), 0.6)
    assert 14 < radius < later_radius < 20


def test_face_of_a_picture_is_hidden_in_the_next_pictures_for_a_while():
    strays = StrayFaces(Scripted([(100, 50, 10)], [], [], [], []), [])
    counts = [len(strays.find_at(IMAGE, time_s)) for time_s in (0.0, 0.7, 1.4, 2.1)]
    assert counts == [1, 1, 1, 0]


def test_face_found_for_a_picture_between_two_looks_is_hidden_in_the_video():
    strays = StrayFaces(Scripted([], [(100, 50, 10)], []), [])
    strays.look(IMAGE, 0.0)
    strays.find_at(IMAGE, 0.3)
    ((x, *_),) = find_at(strays.look(IMAGE, 0.5), 0.4)
    assert x == 100
