"""The port to a chat model: one question, one answer.

Writers and judges know this and nothing of HTTP. Reading an answer as JSON of a known
shape is in ``answers.py``; the client of a real server is in ``client.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sportsgpt_lib.model_service.token_budget import TokenBudget

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class ChatMessage:
    """One message of a chat."""

    role: Role
    content: str


@dataclass(frozen=True)
class AnswerShape:
    """The JSON schema that an answer should keep, and a name for it.

    A server may ignore it, so whoever asks validates the answer.
    """

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class ChatQuestion:
    """What a model is asked.

    ``shape`` None = free text. ``most_tokens`` bounds the answer; None = as the
    client's settings. ``seed_step`` is added to the settings' seed, so that a question
    asked again can be answered otherwise.
    """

    messages: tuple[ChatMessage, ...]
    shape: AnswerShape | None = None
    most_tokens: int | None = None
    seed_step: int = 0


@dataclass(frozen=True)
class ChatAnswer:
    """What a model answered: its text without its thoughts, and what it cost.

    ``is_cut`` = it stopped at the limit of tokens, so the text is not whole. The counts
    are the server's own; None = it gave none.
    """

    text: str
    is_cut: bool = False
    prompt_tokens: int | None = None
    answer_tokens: int | None = None


class ChatModel(Protocol):
    """A model that can be asked; safe to share between threads."""

    @property
    def name(self) -> str:
        """Name of the model, as reports state it."""
        ...

    @property
    def fingerprint(self) -> str:
        """Model and settings that decide its answers; no address and no key."""
        ...

    def ask(
        self, question: ChatQuestion, budget: TokenBudget | None = None
    ) -> ChatAnswer:
        """Ask one question.

        Raises
        ------
        ModelServiceError
            No answer came: the server is away, refuses, or the budget is used up. Its
            words hold neither address nor key nor anything that the server said.
        """
        ...
