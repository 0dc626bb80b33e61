"""A chat model behind any OpenAI-compatible server, such as vLLM with Qwen3.

Attempts, waits and limits live here; one request is in ``request.py``, what an answer
is worth is for the caller.
"""

import logging
import threading
import time
from collections.abc import Callable

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.model_service.outage import OutageGuard
from sportsgpt_lib.model_service.port import ChatAnswer, ChatQuestion
from sportsgpt_lib.model_service.refusal import Refusal
from sportsgpt_lib.model_service.request import ChatRequests
from sportsgpt_lib.model_service.settings import ModelSettings, StructuredOutput
from sportsgpt_lib.model_service.token_budget import TokenBudget

_LOGGER = logging.getLogger(__name__)
_LONGEST_WAIT_S = 60.0
"""Chosen: a server that asks for more has no room for this run."""
_LESS_STRICT: dict[StructuredOutput, StructuredOutput] = {
    "json_schema": "json_object",
    "json_object": "off",
}
# How servers refuse a shape that they cannot keep: 400 and 422 by the contract, 500 and
# 501 where it was never foreseen (llama-cpp-python 0.3.36 answers json_schema by 500).
_STATUS_OF_UNKNOWN_SHAPE = frozenset({400, 422, 500, 501})
_TOKENS_OF_A_MESSAGE = 16
"""Chosen: the marks that a template puts round a message are 4 to 8 tokens."""


class ModelClient:
    """Asks a server; safe to share between threads.

    Parameters
    ----------
    sleep
        Waits so many seconds.
    """

    def __init__(
        self, settings: ModelSettings, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._requests = ChatRequests(settings)
        self._guard = OutageGuard(settings.patience_s, settings.first_wait_s)
        self._places = threading.BoundedSemaphore(settings.concurrency)
        self._output = settings.structured_output
        self._output_lock = threading.Lock()

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._settings.model

    @property
    def fingerprint(self) -> str:
        """Model and settings that decide its answers; no address and no key."""
        return self._settings.fingerprint

    def ask(
        self, question: ChatQuestion, budget: TokenBudget | None = None
    ) -> ChatAnswer:
        """Ask one question, in as many attempts as the settings allow.

        Raises
        ------
        ModelServiceError
            No answer came: the server is away, refuses, or the budget is used up.
        """
        budget = budget or TokenBudget()
        reserved_tokens = self._count_most_tokens(question)
        budget.reserve(reserved_tokens)
        used_tokens: int | None = 0
        try:
            answer = self._attempt(question)
            used_tokens = _count_used_tokens(answer)
        finally:
            budget.settle(reserved_tokens, used_tokens)
        return answer

    def _attempt(self, question: ChatQuestion) -> ChatAnswer:
        """Send until an answer comes, or the attempts are used up."""
        wait_s = self._settings.first_wait_s
        left = self._settings.attempts
        while True:
            try:
                return self._send(question)
            except Refusal as refusal:
                left -= not refusal.is_free
                wait_s = max(wait_s, refusal.wait_s)
                if not (left and refusal.may_retry and wait_s <= _LONGEST_WAIT_S):
                    raise self._give_up(refusal) from refusal
                if not refusal.is_outage:  # an outage is waited out by the guard
                    self._sleep(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _send(self, question: ChatQuestion) -> ChatAnswer:
        """Send once; where the shape may be what is refused, ask for less of it."""
        asked = output = self._output
        while True:
            try:
                answer = self._send_guarded(question, output)
            except Refusal as refusal:
                less = _LESS_STRICT.get(output) if question.shape else None
                if refusal.status not in _STATUS_OF_UNKNOWN_SHAPE or less is None:
                    raise
                output = less
                continue
            if output != asked:
                self._remember(output)
            return answer

    def _send_guarded(
        self, question: ChatQuestion, output: StructuredOutput
    ) -> ChatAnswer:
        """Send when the server is there."""
        with self._guard.admit(), self._places:
            return self._requests.send(question, output)

    def _remember(self, output: StructuredOutput) -> None:
        """Ask for no more from now on; only the first to find it out says so."""
        with self._output_lock:
            if self._output == output:
                return
            _LOGGER.warning(
                "the model's server refuses response_format %s and is asked with %s "
                "from now on; answers are validated either way (docs/model.md)",
                self._output,
                output,
            )
            self._output = output

    def _count_most_tokens(self, question: ChatQuestion) -> int:
        """Count what a question can cost at most: a token is a byte or more."""
        asked = sum(
            len(message.content.encode()) + _TOKENS_OF_A_MESSAGE
            for message in question.messages
        )
        return asked + (question.most_tokens or self._settings.most_answer_tokens)

    def _give_up(self, refusal: Refusal) -> ModelServiceError:
        return ModelServiceError(
            f"the server of model {self._settings.model}",
            refusal.reason,
            "check that it runs, its address, key and model; docs/model.md says what "
            "each failure means",
        )


def _count_used_tokens(answer: ChatAnswer) -> int | None:
    if answer.prompt_tokens is None or answer.answer_tokens is None:
        return None
    return answer.prompt_tokens + answer.answer_tokens
