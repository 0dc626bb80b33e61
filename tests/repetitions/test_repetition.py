import pytest

from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.repetitions.repetition import (
    Keyframe,
    Repetition,
    find_nearest,
    join_keyframe,
)


def test_two_agreeing_estimates_meet_between_them_and_are_surer():
    joined = join_keyframe("release", "left", Instant(1.0, 0.02), Instant(1.01, 0.02))
    assert (joined.name, joined.side, joined.method) == ("release", "left", "both")
    assert joined.instant.time_s == pytest.approx(1.005)
    assert joined.instant.error_s == pytest.approx(0.02 / 2**0.5)


def test_the_surer_estimate_weighs_more():
    joined = join_keyframe("release", "left", Instant(1.0, 0.01), Instant(1.1, 0.1))
    assert joined.instant.time_s == pytest.approx(1.001, abs=2e-4)


def test_disagreement_widens_the_error():
    agreeing, torn = (
        join_keyframe("release", "left", Instant(1.0, 0.02), Instant(at_s, 0.02))
        for at_s in (1.0, 1.08)
    )
    assert torn.instant.error_s > 2.5 * agreeing.instant.error_s


def test_what_cannot_be_one_instant_is_not_averaged():
    event, aligned = Instant(1.0, 0.02), Instant(1.1, 0.02)
    torn = join_keyframe("release", "left", event, aligned)
    assert (torn.method, torn.instant) == ("alignment", aligned)
    assert torn.event_offset.offset_s == pytest.approx(-0.1)


def test_the_offset_is_the_event_minus_the_alignment_with_both_errors():
    joined = join_keyframe("release", "left", Instant(0.9, 0.03), Instant(1.0, 0.04))
    assert joined.event_offset.offset_s == pytest.approx(-0.1)
    assert joined.event_offset.error_s == pytest.approx(0.05)
    assert joined.event_offset.errors_apart == pytest.approx(2.0)


def test_the_nearest_instant_within_the_limit_is_found():
    instants = [Instant(time_s, 0.01) for time_s in (1.0, 2.0, 2.4)]
    assert find_nearest(instants, 2.1, 0.2) == instants[1]
    assert find_nearest(instants, 1.5, 0.4) is None
    assert find_nearest([], 1.5, 0.4) is None


def test_a_repetition_lasts_from_its_first_keyframe_to_its_last():
    keyframes = tuple(
        Keyframe("release", "left", Instant(time_s, 0.01), "event")
        for time_s in (2.0, 1.0, 1.5)
    )
    repetition = Repetition("left", keyframes)
    assert (repetition.start_s, repetition.end_s) == (1.0, 2.0)
