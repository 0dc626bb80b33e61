"""Finds text that reads like instructions to a model, so that a person looks at it.

A finding holds a passage back, it deletes nothing. Rules see a text in its plain form
(``plain_form.py``) and read what concerns models, not what concerns athletes: "ignore
pain" is advice, "ignore previous instructions" is not. The rules themselves are in
``instruction_rules.py`` and ``instruction_rules_zh.py``; rates of misses and false
alarms in docs/knowledge.md.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator

from kb_ingest.chunking.instruction_rules import (
    ENGLISH_RULES,
    MARKUP_RULES,
    WORD_START_LETTERS,
)
from kb_ingest.chunking.instruction_rules_zh import CHINESE_RULES, SIMPLIFIED
from kb_ingest.chunking.plain_form import (
    DIRECTION,
    INVISIBLE,
    find_digits_as_letters,
    find_plain_form,
)

_BASE64_RUN = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_HEX_RUN = re.compile(r"\b(?:[0-9a-fA-F]{2}){16,}\b")
_HIDDEN_IN_WORD = re.compile(rf"[^\W\d_]{INVISIBLE.pattern}+[^\W\d_]")
_TAG_CHARACTER = re.compile("[\U000e0000-\U000e007f]")
_WORD = re.compile(r"[a-z]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
# A real sentence in disguise; a shorter run of base64 is often a word or an identifier.
_LEAST_DECODED_BLANKS = 2


def find_instructions(text: str) -> tuple[str, ...]:
    """Find the reasons why a text reads like instructions to a model.

    Returns
    -------
    Each reason once, in a fixed order; empty where there is none.
    """
    plain = find_plain_form(text)
    return tuple(
        dict.fromkeys(
            (*_find_hidden(text), *_find_encoded(text), *_find_readable(text, plain))
        )
    )


def _find_hidden(text: str) -> Iterator[str]:
    if text.isascii():
        return
    if _TAG_CHARACTER.search(text) or _HIDDEN_IN_WORD.search(text):
        yield "invisible characters inside words"
    if DIRECTION.search(text):
        yield "characters that turn the direction of writing"


def _find_encoded(text: str) -> Iterator[str]:
    for match in _BASE64_RUN.finditer(text):
        run = match.group()
        if _is_sentence(_decode_base64(run)):
            yield "text encoded in base64"
    for match in _HEX_RUN.finditer(text):
        if _is_sentence(bytes.fromhex(match.group())):
            yield "text encoded as hexadecimal digits"


def _find_readable(text: str, plain: str) -> Iterator[str]:
    for rule in MARKUP_RULES:
        if rule.matches(text, ()):
            yield rule.reason
    words = _WORD.findall(plain)
    yield from _match_english(plain, words)
    with_letters = find_digits_as_letters(plain)
    if with_letters != plain:
        for reason in _match_english(with_letters, _WORD.findall(with_letters)):
            yield f"{reason}, digits written for letters"
    backwards = [word[::-1] for word in words]
    for reason in _match_english(plain[::-1], backwards):
        yield f"{reason}, written backwards"
    if not plain.isascii() and _CHINESE.search(plain):
        simplified = plain.translate(SIMPLIFIED)
        for rule in CHINESE_RULES:
            if rule.matches(simplified, ()):
                yield rule.reason


def _match_english(plain: str, words: Iterable[str]) -> Iterator[str]:
    starts = {word[:WORD_START_LETTERS] for word in words}
    for rule in ENGLISH_RULES:
        if rule.matches(plain, starts):
            yield rule.reason


def _decode_base64(run: str) -> bytes:
    body = run.rstrip("=")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4))
    except binascii.Error:
        return b""


def _is_sentence(decoded: bytes) -> bool:
    try:
        text = decoded.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return text.isprintable() and text.count(" ") >= _LEAST_DECODED_BLANKS
