"""One request through the ``openai`` client, and what became of it.

Whatever a server does ends as a ``ChatAnswer`` or as a ``Refusal``. How often and when
it is asked is in ``client.py``.
"""

import weakref
from functools import cached_property
from typing import Any

from sportsgpt_lib.model_service.answers import strip_thoughts
from sportsgpt_lib.model_service.openai_client import (
    Server,
    build_openai_client,
    build_quiet_headers,
    refuse_failures,
)
from sportsgpt_lib.model_service.port import ChatAnswer, ChatQuestion
from sportsgpt_lib.model_service.refusal import Refusal
from sportsgpt_lib.model_service.settings import ModelSettings, StructuredOutput


class ChatRequests:
    """Sends single requests; safe to share between threads."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings

    def send(self, question: ChatQuestion, output: StructuredOutput) -> ChatAnswer:
        """Send one request.

        Raises
        ------
        Refusal
            No chat completion came of it.
        """
        with refuse_failures("a chat completion"):
            completion = self._client.chat.completions.create(
                **self._describe(question, output)
            )
        return _read_answer(completion)

    def _describe(
        self, question: ChatQuestion, output: StructuredOutput
    ) -> dict[str, Any]:
        settings = self._settings
        described: dict[str, Any] = {
            "model": settings.model,
            "messages": [
                {"role": message.role, "content": message.content}
                for message in question.messages
            ],
            "max_tokens": question.most_tokens or settings.most_answer_tokens,
            "temperature": settings.temperature,
            "seed": settings.seed + question.seed_step,
            "extra_headers": build_quiet_headers(),
        }
        if question.shape is not None and output == "json_object":
            described["response_format"] = {"type": "json_object"}
        elif question.shape is not None and output == "json_schema":
            described["response_format"] = {
                "type": "json_schema",
                "json_schema": {
                    "name": question.shape.name,
                    "strict": True,
                    "schema": question.shape.schema,
                },
            }
        if settings.is_thinking is not None:
            kwargs = {"enable_thinking": settings.is_thinking}
            described["extra_body"] = {"chat_template_kwargs": kwargs}
        return described

    @cached_property
    def _client(self) -> Any:
        settings = self._settings
        client = build_openai_client(
            Server(
                base_url=settings.base_url,
                api_key=settings.api_key,
                timeout_s=settings.timeout_s,
                most_answer_bytes=settings.most_answer_bytes,
                connections=settings.concurrency,
            )
        )
        # Runs end without a word to those they asked; their connections end with them.
        weakref.finalize(self, client.close)
        return client


def _read_answer(completion: Any) -> ChatAnswer:
    """Read a completion that nobody validated: any part may be missing or odd."""
    try:
        choice = completion.choices[0]
        content = choice.message.content
        is_cut = choice.finish_reason == "length"
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise Refusal("its answer is not a chat completion") from error
    if content is not None and not isinstance(content, str):
        raise Refusal("its answer is not a chat completion")
    usage = getattr(completion, "usage", None)
    return ChatAnswer(
        strip_thoughts(content or ""),
        is_cut=is_cut,
        prompt_tokens=_read_count(usage, "prompt_tokens"),
        answer_tokens=_read_count(usage, "completion_tokens"),
    )


def _read_count(usage: Any, name: str) -> int | None:
    count = getattr(usage, name, None)
    return count if isinstance(count, int) and count >= 0 else None
