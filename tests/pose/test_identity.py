"""Tracks of two persons in different clothes, and of two in the same kit."""

import numpy as np
import pytest

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.identity import (
    IDENTITY_EXCHANGED,
    IDENTITY_LINKED,
    cut_person,
    settle_identities,
)
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

RATE_HZ = 30.0
RED, BLUE, DARK_RED = (45.0, 60.0, 40.0), (40.0, 5.0, -50.0), (30.0, 52.0, 34.0)


def build_track(
    frames: range, colour_lab: object, x_px: float = 100.0, speed_px: float = 0.0
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


def join(head: PersonTrack, tail: PersonTrack) -> PersonTrack:
    return PersonTrack(
        *(
            np.concatenate([getattr(head, name), getattr(tail, name)])
            for name in ("frame_idx", "times_s", "points", "torso_lab", "thigh_lab")
        )
    )


def test_athlete_who_left_and_came_back_is_one_person():
    tracks = {0: build_track(range(60), RED), 1: build_track(range(200, 260), RED)}
    persons, repairs = settle_identities(tracks)
    assert list(persons) == [0]
    assert persons[0].track.frame_idx.tolist() == [*range(60), *range(200, 260)]
    assert persons[0].track_idx.tolist() == [0] * 60 + [1] * 60
    assert [(r.rule, r.person_idxs) for r in repairs] == [(IDENTITY_LINKED, (0, 1))]
    assert (repairs[0].first_frame_idx, repairs[0].last_frame_idx) == (200, 259)
    assert 0.5 < repairs[0].confidence_ratio <= 1.0


def test_somebody_else_in_the_same_place_is_another_person():
    tracks = {0: build_track(range(60), RED), 1: build_track(range(200, 260), BLUE)}
    persons, repairs = settle_identities(tracks)
    assert sorted(persons) == [0, 1]
    assert repairs == ()


def test_team_mates_in_one_kit_are_not_joined():
    tracks = {
        0: build_track(range(60), RED),
        1: build_track(range(200, 260), RED),
        2: build_track(range(260), RED, x_px=500),
    }
    persons, repairs = settle_identities(tracks)
    assert sorted(persons) == [0, 1, 2]
    assert repairs == ()


def test_a_bystander_in_other_clothes_does_not_hinder_joining():
    tracks = {
        0: build_track(range(60), RED),
        1: build_track(range(200, 260), RED),
        2: build_track(range(260), BLUE, x_px=500),
    }
    persons, _ = settle_identities(tracks)
    assert sorted(persons) == [0, 2]


def test_pieces_at_the_same_time_are_two_persons():
    tracks = {0: build_track(range(60), RED), 1: build_track(range(30, 90), RED)}
    assert sorted(settle_identities(tracks)[0]) == [0, 1]


def test_pieces_of_unknown_clothes_are_left_alone():
    tracks = {
        0: build_track(range(60), RED),
        1: build_track(range(200, 260), (np.nan, np.nan, np.nan)),
    }
    assert sorted(settle_identities(tracks)[0]) == [0, 1]


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
    persons, repairs = settle_identities(crossing(exchanged=True))
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
    persons, repairs = settle_identities(tracks)
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
    assert settle_identities(alike)[1] == ()


def test_one_person_alone_comes_back_as_is():
    track = build_track(range(60), RED)
    persons, repairs = settle_identities({3: track})
    assert persons[3].track is track
    assert repairs == ()


def test_a_person_is_cut_to_a_window_with_its_ends():
    person = settle_identities({0: build_track(range(60), RED)})[0][0]
    cut = cut_person(person, 10 / RATE_HZ, 20 / RATE_HZ)
    assert cut is not None
    assert cut.track.frame_idx.tolist() == list(range(10, 21))
    assert cut.track_idx.size == 11
    assert cut_person(person, 5.0, 6.0) is None
