"""Reads a model's answer as an object of a known shape.

An answer is text that anybody could have written: what does not fit is refused in words
of our own, which may be sent back to the model. Whether what fits is true is for others
to decide.
"""

import json
import re
from typing import Any, TypeVar
from unicodedata import category

from pydantic import BaseModel, ValidationError

from sportsgpt_lib.model_service.port import AnswerShape, ChatAnswer

Shape = TypeVar("Shape", bound=BaseModel)

_THOUGHTS_START = "<think>"
_THOUGHTS_END = "</think>"
_CODE_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)
_ALLOWED_CONTROLS = "\n\t"
_MOST_PLACES = 5
"""Chosen: the first faults of an answer explain the rest."""


class UnusableAnswerError(Exception):
    """An answer is not what was asked for; ``reason`` says how, without quoting it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def build_answer_shape(name: str, model: type[BaseModel]) -> AnswerShape:
    """Build the JSON schema of a pydantic model as strict servers want it.

    Every property is required and none has a default.
    """
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        if "properties" not in part:
            continue
        part["required"] = list(part["properties"])
        for value in part["properties"].values():
            value.pop("default", None)
    return AnswerShape(name, schema)


def parse_answer(answer: ChatAnswer, model: type[Shape]) -> Shape:
    """Parse an answer as one JSON object, bare or in a Markdown fence.

    Raises
    ------
    UnusableAnswerError
        It is empty, cut off, no JSON, or breaks the model.
    """
    if answer.is_cut:
        raise UnusableAnswerError("its answer was cut off at the limit of tokens")
    if not answer.text:
        raise UnusableAnswerError("its answer is empty")
    fenced = _CODE_FENCE.fullmatch(answer.text)
    try:
        content = json.loads(fenced[1] if fenced else answer.text)
    except (ValueError, RecursionError) as error:
        raise UnusableAnswerError("its answer is not JSON") from error
    if _has_odd_characters(content):
        raise UnusableAnswerError("its answer holds control or invisible characters")
    try:
        return model.model_validate(content)
    except ValidationError as error:
        places = _name_places(error, model)
        raise UnusableAnswerError(
            f"its answer breaks the schema in {error.error_count()} place(s): {places}"
        ) from error


def strip_thoughts(text: str) -> str:
    """Take a model's thoughts from the front of its answer; all, where it never ended.

    A template may open the thoughts itself, so that only their end is in the text.
    """
    text = text.strip()
    while not text.startswith("{"):
        _, end, rest = text.partition(_THOUGHTS_END)
        if not end:
            return "" if text.startswith(_THOUGHTS_START) else text
        text = rest.strip()
    return text


def _has_odd_characters(content: object) -> bool:
    """Whether a text in parsed JSON has some that no page shows and no table takes.

    Control and format characters, halves of surrogate pairs, and unassigned ones.
    """
    if isinstance(content, str):
        return any(
            category(letter).startswith("C") and letter not in _ALLOWED_CONTROLS
            for letter in content
        )
    if isinstance(content, dict):
        return any(map(_has_odd_characters, (*content, *content.values())))
    return isinstance(content, list) and any(map(_has_odd_characters, content))


def _name_places(error: ValidationError, model: type[BaseModel]) -> str:
    """Name the first faults by their place; names that are not ours become "?"."""
    known = _list_names(model.model_json_schema())
    places = []
    for fault in error.errors(include_input=False, include_url=False)[:_MOST_PLACES]:
        parts = [
            str(part) if isinstance(part, int) or part in known else "?"
            for part in fault["loc"]
        ]
        places.append(f"{'.'.join(parts) or 'the whole'} ({fault['type']})")
    return "; ".join(places)


def _list_names(schema: dict[str, Any]) -> set[str]:
    parts = (schema, *schema.get("$defs", {}).values())
    return {name for part in parts for name in part.get("properties", ())}
