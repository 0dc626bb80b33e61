"""Runs an iterator ahead of its consumer, in a thread, within a budget.

Decoding releases Python's lock, so the next pictures are made while a network looks at
the present one. Order and content are those of the iterator; nothing is dropped.
"""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


def prefetch(
    items: Iterator[Item], weigh: Callable[[Item], int], budget: int
) -> Generator[Item, None, None]:
    """Pass the items on while later ones are made in a thread.

    Parameters
    ----------
    items
        What is passed on; only the thread touches it from now on.
    weigh
        Weight of an item, such as its bytes.
    budget
        The items waiting weigh at most this much together; a heavier one waits alone.

    Yields
    ------
    The items in their order. What the iterator raises is raised here, after the items
    before it. The thread has ended when this generator has ended or is closed.
    """
    line = _Line(items, weigh, budget)
    thread = threading.Thread(target=line.fill, name="prefetch", daemon=True)
    thread.start()
    try:
        yield from line.take_all()
    finally:
        line.close()
        thread.join()


class _Line(Generic[Item]):
    """The items that wait between the thread and the consumer."""

    def __init__(
        self, items: Iterator[Item], weigh: Callable[[Item], int], budget: int
    ) -> None:
        self._items = items
        self._weigh = weigh
        self._budget = budget
        self._waiting: deque[tuple[Item, int]] = deque()
        self._weight = 0
        self._is_closed = False
        self._is_finished = False
        self._error: BaseException | None = None
        self._changed = threading.Condition()

    def fill(self) -> None:
        """Make items until there is no more or nobody wants any; the thread's work."""
        error: BaseException | None = None
        try:
            for item in self._items:
                if not self._put(item):
                    break
        except BaseException as raised:  # noqa: BLE001 - raised again by the consumer
            error = raised
        finally:
            if isinstance(self._items, Generator):
                self._items.close()
        with self._changed:
            self._is_finished, self._error = True, error
            self._changed.notify_all()

    def take_all(self) -> Iterator[Item]:
        """Hand out the items; the consumer's side."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_finished)
                if not self._waiting:
                    break
                item, weight = self._waiting.popleft()
                self._weight -= weight
                self._changed.notify_all()
            yield item
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Tell the thread that nobody wants any more."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _put(self, item: Item) -> bool:
        """Let an item wait as soon as it fits; False where nobody wants it."""
        weight = self._weigh(item)
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._is_closed
                    or not self._waiting
                    or self._weight + weight <= self._budget
                )
            )
            if self._is_closed:
                return False
            self._waiting.append((item, weight))
            self._weight += weight
            self._changed.notify_all()
        return True
