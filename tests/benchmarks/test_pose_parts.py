from pathlib import Path

import numpy as np
import pytest

from benchmarks.pose import footage, pairs
from benchmarks.pose.pairs import Timings, time_by_the_clock, time_side_by_side
from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.media.encode import VideoWriter


def test_a_ratio_is_the_median_of_the_rounds_and_not_of_the_times() -> None:
    # A disturbance slows both ways in two of three rounds.
    timings = Timings({"a": np.array([1.0, 9.0, 90.0]), "b": np.array([2.0, 18, 180])})
    assert timings.ratio("a", "b") == 0.5
    assert timings.median_s("a") == 9.0


def test_ways_take_turns_in_both_orders_after_a_warm_up() -> None:
    calls: list[str] = []
    ways = {name: (lambda name=name: calls.append(name)) for name in "ab"}
    timings = time_side_by_side(ways, rounds=2)
    assert "".join(calls) == "ab" + "ab" + "ba"
    assert {name: len(seconds) for name, seconds in timings.seconds.items()} == {
        "a": 2,
        "b": 2,
    }


@pytest.mark.parametrize(
    ("busy_rounds", "round_count", "others"), [((0, 1), 4, 0.0), (range(8), 8, 0.9)]
)
def test_rounds_that_others_disturb_are_measured_anew(
    monkeypatch: pytest.MonkeyPatch,
    busy_rounds: tuple[int, ...],
    round_count: int,
    others: float,
) -> None:
    now_s, other_s, calls = 0.0, 0.0, []

    def work() -> None:
        nonlocal now_s, other_s
        calls.append("a")
        now_s += 1.0
        if len(calls) - 2 in busy_rounds:
            other_s += 0.9

    monkeypatch.setattr(pairs, "_read_other_seconds", lambda: other_s)
    monkeypatch.setattr(pairs.time, "perf_counter", lambda: now_s)
    timings = time_by_the_clock({"a": work}, rounds=2)
    assert len(calls) == 1 + round_count
    assert timings.wall.seconds["a"].tolist() == [1.0, 1.0]
    assert timings.other_cores == pytest.approx(others)


@pytest.mark.parametrize("repeats", [1, 3])
def test_a_repeated_clip_goes_on_in_time(tmp_path: Path, repeats: int) -> None:
    once = tmp_path / "once.mp4"
    with VideoWriter(once, width_px=64, height_px=48, frame_rate_hz=30) as writer:
        for number in range(12):
            picture = np.full((48, 64, 3), 20 * number, np.uint8)
            writer.write(picture, number / 30)
    footage._repeat(once, tmp_path / "clip.mp4", repeats)
    frames = list(read_frames(tmp_path / "clip.mp4"))
    assert len(frames) == 12 * repeats
    times_s = np.array([frame.time_s for frame in frames])
    np.testing.assert_allclose(np.diff(times_s), 1 / 30, atol=1e-4)
    greys = [int(frame.image_rgb.mean()) for frame in frames]
    assert greys[:12] * repeats == greys


def test_stand_ins_keep_the_ports() -> None:
    from benchmarks.pose.stand_ins import StandInDetector, StandInEstimator

    picture = np.zeros((1080, 1920, 3), np.uint8)
    boxes = StandInDetector().detect(picture)
    (persons,) = StandInEstimator().estimate([picture], [boxes[:, :4]])
    assert persons.shape == (2, 26, 3)
    assert np.isfinite(persons).all()
    # Feet below hips below shoulders, inside the box.
    ys = persons[0, :, 1]
    assert ys.max() < boxes[0, 3] + 10
    assert ys.min() > boxes[0, 1] - 10


def test_a_stand_in_followed_for_long_stays_where_it_is() -> None:
    from benchmarks.pose.stand_ins import StandInDetector, StandInEstimator
    from sportsgpt_lib.pose.regions import (
        compute_body_circle,
        compute_box_circle,
        estimate_in_circles,
    )

    picture = np.zeros((1080, 1920, 3), np.uint8)
    first = compute_box_circle(StandInDetector().detect(picture)[0])
    estimator = StandInEstimator()
    circle = first
    for _ in range(100):
        (points,) = estimate_in_circles(estimator, picture, [circle])
        seen = compute_body_circle(points)
        assert seen is not None
        circle = seen
    assert circle.radius_px == pytest.approx(first.radius_px, rel=1e-6)
    assert circle.distance_px(first) < 1e-6 * first.radius_px
