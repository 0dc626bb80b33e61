"""Asks an OpenAI-compatible server to write; falls back to the deterministic writer.

A server may ignore the schema, answer prose, fail or hang: each attempt is validated,
retried a fixed number of times, and then the fallback's text goes out with the reason.
What is asked is in ``prompt.py``.
"""

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr, ValidationError

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.prompt import (
    PROMPT_VERSION,
    Answer,
    build_messages,
    build_schema,
    build_text,
)
from sportsgpt_lib.guidance.report import WriterInfo
from sportsgpt_lib.guidance.report_text import Writer, WrittenText
from sportsgpt_lib.guidance.verifier import verify_text

WRITER_NAME = "model"

_MOST_ANSWER_CHARACTERS = 200_000
_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)
_CODE_FENCE = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)
_RETRY_STATUS = (408, 409, 429)
_FIRST_SERVER_FAULT = 500


@dataclass(frozen=True)
class ModelSettings:
    """Where the model is and how much it may cost; one number for each limit."""

    base_url: str
    model: str
    api_key: SecretStr
    timeout_s: float = 120.0
    attempts: int = 3
    first_wait_s: float = 1.0
    max_tokens: int = 4096
    temperature: float = 0.0
    seed: int = 0


class ModelWriter:
    """Writes by a language model; what it cannot, the fallback writes."""

    def __init__(self, settings: ModelSettings, fallback: Writer) -> None:
        self._settings = settings
        self._fallback = fallback

    def write(self, case: GuidanceCase) -> WrittenText:
        """Write the report's text; verified once, so that faults can be repaired."""
        if not case.movements:
            return self._fall_back(case, "there is nothing to write about")
        try:
            written = self._ask(case, ())
        except ModelServiceError as error:
            return self._fall_back(case, error.found)
        faults = _list_faults(written, case)
        return self._ask_again(case, written, faults) if faults else written

    def _ask_again(
        self, case: GuidanceCase, written: WrittenText, faults: tuple[str, ...]
    ) -> WrittenText:
        """Regenerate once with the reasons; keep whichever has fewer faults."""
        try:
            again = self._ask(case, faults)
        except ModelServiceError:
            return written
        return again if len(_list_faults(again, case)) < len(faults) else written

    def _fall_back(self, case: GuidanceCase, reason: str) -> WrittenText:
        written = self._fallback.write(case)
        writer = written.writer.model_copy(update={"fallback_reason": reason})
        return WrittenText(written.text, writer, written.dropped)

    def _ask(self, case: GuidanceCase, faults: tuple[str, ...]) -> WrittenText:
        """Ask until an answer is valid, or the attempts are used up."""
        writer = WriterInfo(
            name=WRITER_NAME, model=self._settings.model, prompt_version=PROMPT_VERSION
        )
        wait_s = self._settings.first_wait_s
        reason = "no attempt was allowed"
        for attempt in range(self._settings.attempts):
            if attempt:
                time.sleep(wait_s)
                wait_s *= 2
            try:
                answer = _parse_answer(self._complete(case, faults))
                return build_text(answer, case, writer)
            except _Refusal as refusal:
                reason = str(refusal)
                if not refusal.may_retry:
                    break
        raise ModelServiceError(
            self._settings.base_url,
            f"the model gave no usable answer: {reason}",
            "check the server and the model's name; see docs/knowledge.md",
        )

    def _complete(self, case: GuidanceCase, faults: tuple[str, ...]) -> str:
        import openai

        settings = self._settings
        client = openai.OpenAI(
            base_url=settings.base_url,
            api_key=settings.api_key.get_secret_value(),
            timeout=settings.timeout_s,
            max_retries=0,
        )
        messages: Any = build_messages(case, faults)
        schema: Any = {"type": "json_schema", "json_schema": build_schema()}
        with client:
            try:
                completion = client.chat.completions.create(
                    model=settings.model,
                    messages=messages,
                    response_format=schema,
                    max_tokens=settings.max_tokens,
                    temperature=settings.temperature,
                    seed=settings.seed,
                )
                return completion.choices[0].message.content or ""
            except openai.APITimeoutError as error:
                raise _Refusal("it did not answer in time") from error
            except openai.APIStatusError as error:
                raise _Refusal(
                    f"it answered with status {error.status_code}",
                    may_retry=_may_pass(error.status_code),
                ) from error
            except openai.OpenAIError as error:
                raise _Refusal(f"it failed ({type(error).__name__})") from error
            except (AttributeError, IndexError, TypeError, ValueError) as error:
                raise _Refusal("its answer is not a chat completion") from error


class _Refusal(Exception):  # noqa: N818 -- a step of the retry, never seen outside
    """One attempt failed; ``may_retry`` False = another would fail alike."""

    def __init__(self, reason: str, *, may_retry: bool = True) -> None:
        super().__init__(reason)
        self.may_retry = may_retry


def _may_pass(status: int) -> bool:
    return status in _RETRY_STATUS or status >= _FIRST_SERVER_FAULT


def _parse_answer(content: str) -> Answer:
    if len(content) > _MOST_ANSWER_CHARACTERS:
        raise _Refusal("its answer is too long")
    text = _THOUGHTS.sub("", content)
    fenced = _CODE_FENCE.match(text)
    try:
        return Answer.model_validate(json.loads(fenced[1] if fenced else text))
    except json.JSONDecodeError as error:
        raise _Refusal("its answer is not JSON") from error
    except ValidationError as error:
        raise _Refusal(
            f"its answer breaks the schema in {error.error_count()} place(s)"
        ) from error


def _list_faults(written: WrittenText, case: GuidanceCase) -> tuple[str, ...]:
    dropped = (*written.dropped, *verify_text(written.text, case).dropped)
    return tuple(f"{part.text} ({part.reason})" for part in dropped)
