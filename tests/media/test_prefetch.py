import gc
import threading
import time
from collections.abc import Iterator

import pytest

from sportsgpt_lib.media.prefetch import prefetch

LIMIT_S = 5.0


def prefetch_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "prefetch"]


def wait_until_still(made: list[int]) -> int:
    """Wait until the thread makes no more items; give their number."""
    count = -1
    deadline = time.monotonic() + LIMIT_S
    while count != len(made) and time.monotonic() < deadline:
        count = len(made)
        time.sleep(0.05)
    return count


def count_up(limit: int, made: list[int] | None = None) -> Iterator[int]:
    for number in range(limit):
        if made is not None:
            made.append(number)
        yield number


def test_every_item_comes_in_its_order_and_the_thread_ends() -> None:
    assert list(prefetch(count_up(500), lambda _: 1, 7)) == list(range(500))
    assert prefetch_threads() == []


def test_nothing_is_made_before_the_first_is_wanted() -> None:
    made: list[int] = []
    items = prefetch(count_up(5, made), lambda _: 1, 3)
    assert made == []
    assert next(items) == 0


def test_what_waits_stays_within_the_budget() -> None:
    made: list[int] = []
    items = prefetch(count_up(100, made), lambda _: 10, 40)
    next(items)
    # Four wait, one is with the consumer, one is made and finds no room.
    assert wait_until_still(made) == 6
    next(items)
    assert wait_until_still(made) == 7
    items.close()


def test_an_item_heavier_than_the_budget_waits_alone() -> None:
    made: list[int] = []
    items = prefetch(count_up(4, made), lambda _: 99, 40)
    assert next(items) == 0
    assert wait_until_still(made) == 3
    assert list(items) == [1, 2, 3]


def test_an_error_comes_after_the_items_before_it() -> None:
    def break_off() -> Iterator[int]:
        yield from (0, 1, 2)
        raise ValueError("the fourth cannot be made")

    items = prefetch(break_off(), lambda _: 1, 10)
    assert [next(items) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="the fourth cannot be made"):
        next(items)
    assert prefetch_threads() == []


def test_a_consumer_that_stops_early_ends_the_thread_and_closes_the_source() -> None:
    closed: list[bool] = []

    def endless() -> Iterator[int]:
        try:
            yield from iter(int, 1)
        finally:
            closed.append(True)

    for item in prefetch(endless(), lambda _: 1, 3):
        assert item == 0
        break
    gc.collect()
    assert prefetch_threads() == []
    assert closed == [True]


def test_a_consumer_that_fails_ends_the_thread() -> None:
    def consume() -> None:
        for item in prefetch(count_up(100), lambda _: 1, 3):
            if item == 2:
                raise RuntimeError("drawing failed")

    with pytest.raises(RuntimeError, match="drawing failed"):
        consume()
    gc.collect()
    assert prefetch_threads() == []


def test_the_next_item_is_made_while_the_consumer_works() -> None:
    is_second_made = threading.Event()

    def announce() -> Iterator[int]:
        yield 0
        is_second_made.set()
        yield 1

    items = prefetch(announce(), lambda _: 1, 3)
    assert next(items) == 0
    assert is_second_made.wait(LIMIT_S)
    assert next(items) == 1
