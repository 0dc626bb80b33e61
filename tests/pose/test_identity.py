"""Tracks of two persons in different clothes, and of two in the same kit."""

import numpy as np
import pytest

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.identity import settle_identities
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.persons import Person, cut_person
from sportsgpt_lib.pose.repair_audit import (
    IDENTITY_EXCHANGED,
    IDENTITY_LINKED,
    IdentityRepair,
)
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

RATE_HZ = 30.0
WIDTH_PX = 1000
RED, BLUE, DARK_RED = (45.0, 60.0, 40.0), (40.0, 5.0, -50.0), (30.0, 52.0, 34.0)


def build_track(
    frames: range, colour_lab: object, x_px: float = 500.0, speed_px: float = 0.0
) -> PersonTrack:
    """Build a standing person of 60 px trunk length; colours wobble by a unit."""
    rng = np.random.default_rng(len(frames))
    points = np.full((len(frames), len(KEYPOINTS), 3), 0.9)
    points[:, :, 0] = (x_px + speed_px * np.arange(len(frames)))[:, None]
    points[:, :, 1] = 300.0
    points[:, KEYPOINT_INDEX["neck"], 1] = 240.0
    colours: FloatArray = np.asarray(colour_lab) + rng.normal(0, 1, (len(frames), 3))
    return PersonTrack(
        np.array(frames), np.array(frames) / RATE_HZ, points, colours, colours - 5.0
    )


def settle(
    tracks: dict[int, PersonTrack],
) -> tuple[dict[int, Person], tuple[IdentityRepair, ...]]:
    return settle_identities(tracks, WIDTH_PX)


def join(head: PersonTrack, tail: PersonTrack) -> PersonTrack:
    return PersonTrack(
        *(
            np.concatenate([getattr(head, name), getattr(tail, name)])
            for name in ("frame_idx", "times_s", "points", "torso_lab", "thigh_lab")
        )
    )


def test_athlete_who_was_hidden_and_came_back_is_one_person():
    tracks = {0: build_track(range(60), RED), 1: build_track(range(200, 260), RED)}
    persons, repairs = settle(tracks)
    assert list(persons) == [0]
    assert persons[0].track.frame_idx.tolist() == [*range(60), *range(200, 260)]
    assert persons[0].track_idx.tolist() == [0] * 60 + [1] * 60
    assert [(r.rule, r.track_idxs) for r in repairs] == [(IDENTITY_LINKED, (0, 1))]
    assert (repairs[0].first_frame_idx, repairs[0].last_frame_idx) == (200, 259)
    assert 0.5 < repairs[0].confidence_ratio <= 1.0


def leave_and_enter(
    *, leaves_right: bool, enters_right: bool, gap_frames: int
) -> dict[int, PersonTrack]:
    """One runner leaves the picture; after a while one comes in, in the same kit."""
    out_px, back_px = (
        950.0 if right else 50.0 for right in (leaves_right, enters_right)
    )
    out_speed = 8.0 if leaves_right else -8.0
    back_speed = -8.0 if enters_right else 8.0
    start = 60 + gap_frames
    return {
        0: build_track(range(60), RED, out_px - 59 * out_speed, out_speed),
        1: build_track(range(start, start + 60), RED, back_px, back_speed),
    }


def test_who_comes_back_by_the_same_side_is_the_same_person():
    persons, repairs = settle(
        leave_and_enter(leaves_right=True, enters_right=True, gap_frames=60)
    )
    assert sorted(persons) == [0]
    assert repairs[0].confidence_ratio == pytest.approx(0.7)


@pytest.mark.parametrize("gap_frames", [7, 60, 300])
def test_the_next_runner_of_a_drill_is_another_person(gap_frames):
    tracks = leave_and_enter(
        leaves_right=True, enters_right=False, gap_frames=gap_frames
    )
    assert sorted(settle(tracks)[0]) == [0, 1]


def test_nobody_crosses_the_picture_unseen_in_a_moment():
    tracks = {
        0: build_track(range(60), RED, x_px=700),
        1: build_track(range(65, 120), RED, x_px=250),
    }
    assert sorted(settle(tracks)[0]) == [0, 1]


def test_somebody_of_another_size_is_another_person():
    small = build_track(range(200, 260), RED)
    points = small.points.copy()
    points[:, KEYPOINT_INDEX["neck"], 1] = 270.0
    child = PersonTrack(
        small.frame_idx, small.times_s, points, small.torso_lab, small.thigh_lab
    )
    tracks = {0: build_track(range(60), RED), 1: child}
    assert sorted(settle(tracks)[0]) == [0, 1]


def test_somebody_else_in_the_same_place_is_another_person():
    tracks = {0: build_track(range(60), RED), 1: build_track(range(200, 260), BLUE)}
    persons, repairs = settle(tracks)
    assert sorted(persons) == [0, 1]
    assert repairs == ()


def test_team_mates_in_one_kit_are_not_joined():
    tracks = {
        0: build_track(range(60), RED),
        1: build_track(range(200, 260), RED),
        2: build_track(range(260), RED, x_px=800),
    }
    persons, repairs = settle(tracks)
    assert sorted(persons) == [0, 1, 2]
    assert repairs == ()


def test_a_bystander_in_other_clothes_does_not_hinder_joining():
    tracks = {
        0: build_track(range(60), RED),
        1: build_track(range(200, 260), RED),
        2: build_track(range(260), BLUE, x_px=500),
    }
    persons, _ = settle(tracks)
    assert sorted(persons) == [0, 2]


def test_pieces_at_the_same_time_are_two_persons():
    tracks = {0: build_track(range(60), RED), 1: build_track(range(30, 90), RED)}
    assert sorted(settle(tracks)[0]) == [0, 1]


def test_pieces_of_unknown_clothes_are_left_alone():
    tracks = {
        0: build_track(range(60), RED),
        1: build_track(range(200, 260), (np.nan, np.nan, np.nan)),
    }
    assert sorted(settle(tracks)[0]) == [0, 1]


def crossing(*, exchanged: bool) -> dict[int, PersonTrack]:
    """Two persons walk through each other at frame 60; maybe the tracks swap there."""
    colours = (BLUE, RED) if exchanged else (RED, BLUE)
    speeds = (-5.0, 5.0) if exchanged else (5.0, -5.0)
    return {
        0: join(
            build_track(range(60), RED, 100, 5.0),
            build_track(range(60, 120), colours[0], 400, speeds[0]),
        ),
        1: join(
            build_track(range(60), BLUE, 700, -5.0),
            build_track(range(60, 120), colours[1], 400, speeds[1]),
        ),
    }


def test_tracks_exchanged_at_a_crossing_are_put_right():
    persons, repairs = settle(crossing(exchanged=True))
    assert [repair.rule for repair in repairs] == [IDENTITY_EXCHANGED]
    assert repairs[0].confidence_ratio > 0.8
    for idx, sign in ((0, 1), (1, -1)):
        x_px = persons[idx].track.points[:, 0, 0]
        assert np.sign(x_px[-1] - x_px[0]) == sign
        assert np.ptp(persons[idx].track.torso_lab[:, 1]) < 10
        assert set(persons[idx].track_idx[:50]) == {idx}
        assert set(persons[idx].track_idx[70:]) == {1 - idx}


def test_tracks_that_kept_their_person_through_a_crossing_stay():
    tracks = crossing(exchanged=False)
    persons, repairs = settle(tracks)
    assert repairs == ()
    assert persons.keys() == tracks.keys()


@pytest.mark.parametrize("colour", [RED, DARK_RED])
def test_alike_clothes_never_exchange_tracks(colour):
    tracks = crossing(exchanged=True)
    alike = {
        idx: PersonTrack(
            track.frame_idx,
            track.times_s,
            track.points,
            np.tile(colour, (120, 1)),
            np.tile(colour, (120, 1)),
        )
        for idx, track in tracks.items()
    }
    assert settle(alike)[1] == ()


def test_one_person_alone_comes_back_as_is():
    track = build_track(range(60), RED)
    persons, repairs = settle({3: track})
    assert persons[3].track is track
    assert repairs == ()


def test_a_person_is_cut_to_a_window_with_its_ends():
    person = settle({0: build_track(range(60), RED)})[0][0]
    cut = cut_person(person, 10 / RATE_HZ, 20 / RATE_HZ)
    assert cut is not None
    assert cut.track.frame_idx.tolist() == list(range(10, 21))
    assert cut.track_idx.size == 11
    assert cut_person(person, 5.0, 6.0) is None
