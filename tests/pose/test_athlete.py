import numpy as np

from sportsgpt_lib.pose.athlete import AthleteChoice, NobodyAtHint, choose_athlete
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.skeleton import KEYPOINTS


def build_person(
    *,
    x_px: float,
    speed_px_s: float = 0.0,
    height_px: float = 200.0,
    start_s: float = 0.0,
    end_s: float = 2.0,
) -> PersonTrack:
    frame_idx = np.arange(round(start_s * 30), round(end_s * 30))
    times_s = frame_idx / 30
    points = np.zeros((frame_idx.size, len(KEYPOINTS), 3))
    points[:, :, 0] = x_px + speed_px_s * times_s[:, None]
    points[:, :, 1] = np.linspace(300 - height_px / 2, 300 + height_px / 2, 26)
    points[:, :, 2] = 0.9
    return PersonTrack(frame_idx, times_s, points)


def choose(
    tracks: dict[int, PersonTrack], hint_px: tuple[float, float] | None
) -> AthleteChoice:
    choice = choose_athlete(tracks, hint_px)
    assert isinstance(choice, AthleteChoice)
    return choice


def test_the_person_at_the_hint_is_taken() -> None:
    tracks = {0: build_person(x_px=200, speed_px_s=300), 1: build_person(x_px=900)}
    choice = choose(tracks, (880, 310))
    assert choice.person_idx == 1
    assert choice.doubt is None


def test_a_hint_counts_at_the_start_of_the_window_not_later() -> None:
    late = build_person(x_px=900, start_s=1.0)
    early = build_person(x_px=700)
    assert choose({0: early, 1: late}, (900, 300)).person_idx == 0


def test_a_hint_far_from_everybody_chooses_nobody() -> None:
    choice = choose_athlete({0: build_person(x_px=900)}, (300, 300))
    assert isinstance(choice, NobodyAtHint)
    assert "3.0 body heights" in choice.found


def test_who_comes_to_the_hinted_place_later_is_not_the_athlete() -> None:
    late = {0: build_person(x_px=300, start_s=8.0, end_s=9.0)}
    choice = choose_athlete(late, (300, 300))
    assert isinstance(choice, NobodyAtHint)
    assert "the first came at 8.0 s" in choice.found
    assert isinstance(choose_athlete(late, (300, 300), 7.6), AthleteChoice)


def test_a_hint_between_two_raises_doubt_and_names_both() -> None:
    tracks = {0: build_person(x_px=500), 4: build_person(x_px=700)}
    choice = choose(tracks, (605, 300))
    assert choice.person_idx == 4
    assert choice.doubt is not None
    assert "0" in choice.doubt


def test_without_a_hint_the_mover_is_taken_not_the_bystander() -> None:
    tracks = {
        0: build_person(x_px=500, speed_px_s=5),
        1: build_person(x_px=100, speed_px_s=300),
    }
    assert choose(tracks, None).person_idx == 1
    assert choose(tracks, None).doubt is None


def test_without_a_hint_the_larger_of_two_equal_movers_is_taken() -> None:
    tracks = {
        0: build_person(x_px=0, speed_px_s=30, height_px=60),
        1: build_person(x_px=0, speed_px_s=100, height_px=200),
    }
    assert choose(tracks, None).person_idx == 1


def test_two_equal_persons_raise_doubt() -> None:
    tracks = {
        0: build_person(x_px=0, speed_px_s=100),
        1: build_person(x_px=300, speed_px_s=98),
    }
    choice = choose(tracks, None)
    assert choice.person_idx == 0
    assert choice.doubt is not None
    assert "margin 0.02" in choice.doubt


def test_one_person_alone_is_the_athlete_without_doubt() -> None:
    for hint in (None, (200.0, 300.0)):
        choice = choose({3: build_person(x_px=210)}, hint)
        assert (choice.person_idx, choice.doubt) == (3, None)
