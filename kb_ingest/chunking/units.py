"""Cuts blocks into units: sentences, list items, rows, or pieces of what is too long.

A unit is the smallest part that goes into a passage whole. Putting units together is in
``packing.py``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb_ingest.chunking.sentences import find_sentences
from kb_ingest.chunking.tokens import compute_cost_tokens
from kb_ingest.parsing.document import Block
from sportsgpt_lib.knowledge.embedder_tokens import Tokenizer

_BLOCK_LEVEL = 3
_SENTENCE_LEVEL = 2
_CLAUSE_LEVEL = 1
_WORD_LEVEL = 0
_CLAUSE_MARKS = (",", ";", ":", "，", "；", "：", "、")
# Chosen: about a line, so that an endless word still gives pieces of passage size.
_PIECE_CHARACTERS = 80
_PIECE = re.compile(
    rf"[\u3400-\u9fff]\s*|[^\s\u3400-\u9fff]{{1,{_PIECE_CHARACTERS}}}\s*|\s+"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A span of the document's text with what it takes of a passage's room.

    ``level`` tells how good a cut before it is: a block, a sentence, or neither.
    ``is_glued`` = there must be no cut before it.
    """

    char_start: int
    char_end: int
    cost_tokens: int
    token_count: int
    level: int
    is_glued: bool
    page_first: int | None
    page_last: int | None


@dataclass(frozen=True, slots=True)
class _Span:
    block: Block
    char_start: int
    char_end: int
    level: int
    is_glued: bool


def find_units(
    text: str, blocks: Sequence[Block], counter: Tokenizer, room_tokens: int
) -> list[Unit]:
    """Find the units of blocks.

    What is larger than half of ``room_tokens`` is given in words, so that a heading
    and the beginning of a long sentence always fit together.
    """
    spans = list(_find_spans(blocks))
    parts = [text[span.char_start : span.char_end] for span in spans]
    units: list[Unit] = []
    for span, part, count in zip(
        spans, parts, counter.count_tokens(parts), strict=True
    ):
        cost = compute_cost_tokens(part, count, room_tokens)
        if 2 * cost <= room_tokens:
            units.append(_build_unit(span, cost, count))
        else:
            units.extend(_cut_span(text, span, counter, room_tokens))
    return units


def _find_spans(blocks: Sequence[Block]) -> Iterator[_Span]:
    previous: Block | None = None
    for block in blocks:
        is_glued = previous is not None and _belong_together(previous, block)
        pieces = (
            [(0, len(block.text))]
            if block.kind in ("heading", "formula", "caption")
            else _find_lines(block.text)
            if block.kind in ("list", "table")
            else find_sentences(block.text)
        )
        for number, (start, end) in enumerate(pieces):
            yield _Span(
                block,
                block.char_start + start,
                block.char_start + end,
                _SENTENCE_LEVEL if number else _BLOCK_LEVEL,
                is_glued if number == 0 else block.kind == "table" and number == 1,
            )
        previous = block


def _belong_together(first: Block, second: Block) -> bool:
    """Tell whether a cut between two blocks would tear something apart.

    A heading stays with what follows, a caption with its table, a list with its
    lead-in, a formula with the sentence that introduces it.
    """
    if first.kind == "heading" or {first.kind, second.kind} == {"caption", "table"}:
        return True
    if second.kind == "list":
        return first.kind == "paragraph"
    return second.kind == "formula" and first.text.rstrip().endswith((":", "：", ","))


def _find_lines(text: str) -> list[tuple[int, int]]:
    ends = [match.end() for match in re.finditer(r"\n+", text)]
    starts = [0, *(end for end in ends if end < len(text))]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _build_unit(span: _Span, cost: int, count: int) -> Unit:
    return Unit(
        span.char_start,
        span.char_end,
        cost,
        count,
        span.level,
        span.is_glued,
        span.block.page_first,
        span.block.page_last,
    )


def _cut_span(
    text: str, span: _Span, counter: Tokenizer, room_tokens: int
) -> Iterator[Unit]:
    """Cut a span into words, or lines of an endless word."""
    part = text[span.char_start : span.char_end]
    pieces = list(_PIECE.finditer(part))
    counts = counter.count_tokens([piece.group() for piece in pieces])
    sentences = {start for start, _ in find_sentences(part)}
    level, is_glued = span.level, span.is_glued
    for piece, count in zip(pieces, counts, strict=True):
        yield Unit(
            span.char_start + piece.start(),
            span.char_start + piece.end(),
            compute_cost_tokens(piece.group(), count, room_tokens),
            count,
            level,
            is_glued,
            span.block.page_first,
            span.block.page_last,
        )
        is_glued = False
        level = _WORD_LEVEL
        if piece.end() in sentences:
            level = _SENTENCE_LEVEL
        elif piece.group().rstrip().endswith(_CLAUSE_MARKS):
            level = _CLAUSE_LEVEL
