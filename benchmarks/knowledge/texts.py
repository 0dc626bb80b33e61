"""Real text to measure with: the openly licensed texts beside the checkout.

Only their words matter here, so markup is dropped roughly; how a document is parsed
for the knowledge base is in ``kb_ingest``.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from sportsgpt_lib.knowledge.embedder_tokens import Tokenizer

_TAG = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_LEAST_SENTENCE_WORDS, _MOST_SENTENCE_WORDS = 6, 60


def list_texts() -> list[str]:
    """List whole documents as plain text, always in the same order.

    Raises
    ------
    FileNotFoundError
        The texts are not there; ``SPORTSGPT_SHARED_DATA`` names their folder.
    """
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("SPORTSGPT_SHARED_DATA") or beside)
    files = sorted(
        path
        for part in sorted(folder.glob("kb_*"))
        for path in part.rglob("*")
        if path.suffix in {".md", ".cnxml", ".json", ".jsonl"}
    )
    if not files:
        raise FileNotFoundError(f"{folder} holds no kb_* texts")
    return [_SPACE.sub(" ", " ".join(_read(path))).strip() for path in files]


def list_sentences(text: str) -> list[str]:
    """List the sentences of a text that have 6 to 60 words."""
    return [
        sentence
        for sentence in _SENTENCE.split(text)
        if _LEAST_SENTENCE_WORDS <= len(sentence.split()) <= _MOST_SENTENCE_WORDS
    ]


def cut_chunks(text: str, tokenizer: Tokenizer, tokens: int) -> list[str]:
    """Cut a text into pieces of so many tokens; the rest at the end is left out."""
    spans = tokenizer.find_token_spans(text)
    return [
        text[spans[first][0] : spans[first + tokens - 1][1]]
        for first in range(0, len(spans) - tokens + 1, tokens)
    ]


def _read(path: Path) -> Iterator[str]:
    content = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".json":
        yield from _list_strings(json.loads(content))
    elif path.suffix == ".jsonl":
        for line in content.splitlines():
            yield from _list_strings(json.loads(line))
    else:
        yield _TAG.sub(" ", content)


def _list_strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if " " in value:
            yield _TAG.sub(" ", value)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _list_strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _list_strings(part)
