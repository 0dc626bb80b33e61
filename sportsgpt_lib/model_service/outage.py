"""Keeps a server that is away from costing every report its full wait.

While it is away one question at a time tries it and the others wait, all together for a
limited time; after that they are refused at once, but for one try now and then.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sportsgpt_lib.model_service.refusal import Refusal

_LONGEST_PAUSE_S = 15.0
"""Chosen: a server that loads its weights again is met soon after, and nobody notices
a request every quarter of a minute."""


class OutageGuard:
    """Admits requests; safe to share between threads.

    Parameters
    ----------
    patience_s
        How long requests wait, counted from the first sign of an outage.
    first_pause_s
        Between the first sign and the first try; doubled after each further try.
    clock
        Seconds that only grow.
    """

    def __init__(
        self,
        patience_s: float,
        first_pause_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience_s = patience_s
        self._first_pause_s = first_pause_s
        self._clock = clock
        self._changed = threading.Condition()
        self._away_since_s: float | None = None
        self._pause_s = first_pause_s
        self._next_try_s = 0.0
        self._is_trying = False
        self._reason = ""

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Wait until a request may be sent; how the block ends says what came of it.

        A ``Refusal`` may be an outage; any other exception tells nothing of the server.

        Raises
        ------
        Refusal
            The server has been away for longer than the patience.
        """
        is_try = self._wait_for_admission()
        try:
            yield
        except Refusal as refusal:
            with self._changed:
                if refusal.is_outage:
                    self._note_outage(refusal, is_try=is_try)
                else:
                    self._away_since_s = None
            raise
        else:
            with self._changed:
                self._away_since_s = None
        finally:
            with self._changed:
                self._is_trying = self._is_trying and not is_try
                self._changed.notify_all()

    def _wait_for_admission(self) -> bool:
        """Wait for a place; whether it is the one try of a server that is away."""
        with self._changed:
            while self._away_since_s is not None:
                now_s = self._clock()
                if not self._is_trying and now_s >= self._next_try_s:
                    self._is_trying = True
                    return True
                end_s = self._away_since_s + self._patience_s
                wake_s = end_s if self._is_trying else self._next_try_s
                if now_s >= end_s or wake_s > end_s:
                    raise Refusal(
                        f"{self._reason}, and has been away for too long to be waited "
                        "for",
                        may_retry=False,
                    )
                self._changed.wait(wake_s - now_s)
            return False

    def _note_outage(self, refusal: Refusal, *, is_try: bool) -> None:
        """Set the next try; requests that went out before the outage do not delay it.

        All of them fail when a server dies, and each would double the pause.
        """
        if self._away_since_s is None:
            self._away_since_s = self._clock()
            self._pause_s = self._first_pause_s
        elif not is_try:
            return
        self._reason = refusal.reason
        self._next_try_s = self._clock() + max(self._pause_s, refusal.wait_s)
        self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)
