"""How many tokens one run may cost; what is over it is written without a model."""

import threading

from sportsgpt_lib.errors import ModelServiceError


class TokenBudget:
    """Counts the tokens of a run; safe to share between threads.

    A request reserves what it can cost at most before it is sent, and gives back what
    it did not use, so the budget is never passed.

    Parameters
    ----------
    most_tokens
        Tokens of all questions and answers together; None = no limit, only counted.
    """

    def __init__(self, most_tokens: int | None = None) -> None:
        self._most_tokens = most_tokens
        self._lock = threading.Lock()
        self._taken = 0

    @property
    def taken_tokens(self) -> int:
        """Tokens used so far, with what requests under way have reserved."""
        with self._lock:
            return self._taken

    def reserve(self, tokens: int) -> None:
        """Take tokens before a request is sent.

        Raises
        ------
        ModelServiceError
            So many are not left; none are taken.
        """
        limit = self._most_tokens
        with self._lock:
            if limit is not None and self._taken + tokens > limit:
                raise ModelServiceError(
                    "the model's token budget",
                    f"what is left of {limit} tokens for this run is too little for "
                    "the next question",
                    "raise SPORTSGPT_MODEL_TOKEN_BUDGET, or run again: what is written "
                    "is kept",
                )
            self._taken += tokens

    def settle(self, reserved_tokens: int, used_tokens: int | None) -> None:
        """Replace a reservation by what was used; None = unknown, so all of it."""
        if used_tokens is None:
            return
        with self._lock:
            self._taken += used_tokens - reserved_tokens
