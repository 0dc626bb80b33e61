"""The guard alone, with a clock that stands still until it is moved."""

import pytest

from sportsgpt_lib.model_service.outage import OutageGuard
from sportsgpt_lib.model_service.refusal import Refusal


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def build_away(wait_s: float = 0.0) -> Refusal:
    return Refusal("it is away", is_outage=True, wait_s=wait_s)


def end(guard: OutageGuard, outcome: BaseException | None) -> None:
    """Send a request that ends so; None = it is answered."""
    with guard.admit():
        if outcome is not None:
            raise outcome


def is_turned_away(guard: OutageGuard, outcome: BaseException | None = None) -> bool:
    """Whether a request is refused unsent; one that is sent ends so."""
    try:
        end(guard, outcome)
    except Refusal as refusal:
        return "too long to be waited" in refusal.reason
    return False


def list_tries(guard: OutageGuard, clock: Clock, until_s: int) -> list[int]:
    """Ask every second of a server that stays away; list when it was asked."""
    tries = []
    for clock.now_s in range(1, until_s):
        if not is_turned_away(guard, build_away()):
            tries.append(clock.now_s)
    return tries


def test_each_try_that_fails_doubles_the_pause(clock):
    guard = OutageGuard(patience_s=0.0, first_pause_s=1.0, clock=clock)
    with pytest.raises(Refusal):
        end(guard, build_away())
    assert list_tries(guard, clock, 80) == [1, 3, 7, 15, 30, 45, 60, 75]


def test_requests_under_way_when_a_server_dies_do_not_delay_the_first_try(clock):
    guard = OutageGuard(patience_s=0.0, first_pause_s=1.0, clock=clock)
    admitted = [guard.admit() for _ in range(8)]
    for one in admitted:
        one.__enter__()
    for one in admitted:
        away = build_away()
        assert not one.__exit__(Refusal, away, None)
    assert list_tries(guard, clock, 8) == [1, 3, 7]


def test_one_that_was_under_way_does_not_let_a_second_one_try(clock):
    guard = OutageGuard(patience_s=0.0, first_pause_s=1.0, clock=clock)
    late = guard.admit()
    late.__enter__()
    with pytest.raises(Refusal):
        end(guard, build_away())
    clock.now_s = 1.0
    with guard.admit():
        late.__exit__(Refusal, build_away(), None)
        assert is_turned_away(guard)


@pytest.mark.parametrize("answer", [None, Refusal("it answered with status 429")])
def test_any_answer_ends_an_outage(clock, answer):
    guard = OutageGuard(patience_s=0.0, first_pause_s=1.0, clock=clock)
    with pytest.raises(Refusal):
        end(guard, build_away())
    assert is_turned_away(guard)
    clock.now_s = 1.0
    assert not is_turned_away(guard, answer)
    assert not is_turned_away(guard)


def test_a_try_that_is_interrupted_leaves_the_next_one_to_somebody_else(clock):
    guard = OutageGuard(patience_s=0.0, first_pause_s=1.0, clock=clock)
    with pytest.raises(Refusal):
        end(guard, build_away())
    clock.now_s = 1.0
    with pytest.raises(KeyboardInterrupt):
        end(guard, KeyboardInterrupt())
    with guard.admit():
        assert is_turned_away(guard)


def test_the_wait_that_a_server_asks_for_is_kept(clock):
    guard = OutageGuard(patience_s=0.0, first_pause_s=1.0, clock=clock)
    with pytest.raises(Refusal):
        end(guard, build_away(wait_s=5.0))
    assert list_tries(guard, clock, 6) == [5]
