"""Cuts a parsed document into passages. Nothing of a document is left out.

Each passage lies within one section; long ones are cut between paragraphs, then
between sentences. ``char_start`` and ``char_end`` enclose what a passage holds; its
text is that slice, except that the question of an answer and the name of an exercise
stand in the title, and that later parts of a table repeat its header. Parts of one
table, answer or exercise have the same ``whole`` in their payload and count in ``part``
from 1: by these the whole is put together again.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb_ingest.chunking.language import find_language
from kb_ingest.chunking.packing import pack_units
from kb_ingest.chunking.references import is_reference_list
from kb_ingest.chunking.sections import Part, PartKind, find_parts
from kb_ingest.chunking.titles import NUMBERING_TOKENS, TitleWriter, number_title
from kb_ingest.chunking.tokens import STOP_TOKENS, ChunkSizes
from kb_ingest.chunking.units import Unit, find_units
from kb_ingest.parsing.document import Block, Document
from sportsgpt_lib.knowledge.embedder_tokens import Tokenizer
from sportsgpt_lib.knowledge.passages import Passage, PassageKind
from sportsgpt_lib.knowledge.sources import Source

DOCUMENT_CHUNKER_VERSION = "documents-1"
"""Raised whenever the same document would give other passages."""

# Measured, see docs/knowledge.md.
TARGET_TOKENS = 256
_WHOLE_DIGITS = 12
# A header that takes more of the room than this is not repeated.
_MOST_HEADER_RATIO = 1 / 3
# Guidance reads doses from passages of kind "exercise"; a catalogue has none.
_KINDS: Mapping[PartKind, PassageKind] = {
    "text": "text",
    "table": "table",
    "question_answer": "answer",
    "exercise": "text",
}
# What the text of a passage says already, and a row's place, which is not its content.
_LEFT_OUT = frozenset({"question", "answer", "name", "instructions", "rows", "row"})


@dataclass(frozen=True)
class _Header:
    """What later parts of a table begin with; ``char_end`` is where it ends itself."""

    text: str
    token_count: int
    char_end: int


def chunk_document(
    document: Document,
    source: Source,
    tokenizer: Tokenizer,
    sizes: ChunkSizes | None = None,
) -> tuple[Passage, ...]:
    """Cut a document into passages, in the order of its text.

    Parameters
    ----------
    document
        Blocks in order, none overlapping.
    source
        Where it is from; gives the title where there are no headings.
    tokenizer
        That of the embedding model.
    sizes
        None = as large as the model reads, but no more than ``TARGET_TOKENS``.
    """
    sizes = sizes or ChunkSizes(min(tokenizer.most_tokens, TARGET_TOKENS))
    chunker = _Chunker(document, source, tokenizer, sizes)
    pieces = [
        piece for part in find_parts(document.blocks) for piece in chunker.chunk(part)
    ]
    return tuple(
        Passage(source_id=source.id, chunk_no=number, **piece)
        for number, piece in enumerate(pieces)
    )


class _Chunker:
    def __init__(
        self,
        document: Document,
        source: Source,
        counter: Tokenizer,
        sizes: ChunkSizes,
    ) -> None:
        self._text = document.text
        self._source = source
        self._counter = counter
        self._sizes = sizes
        self._wholes: Counter[str] = Counter()
        self._titles = TitleWriter(counter, sizes.title_tokens)
        self._language = (
            source.language if document.language == "und" else document.language
        )

    def chunk(self, part: Part) -> Iterator[dict[str, Any]]:
        """Cut one part; a piece holds the fields of a passage but source and number."""
        part, own_title, char_start = _take_out_title(part, self._titles)
        path = part.section_path
        title, title_tokens = self._titles.write_title(
            own_title or path or (self._source.title,)
        )
        room = self._sizes.compute_room(title_tokens)
        if part.kind != "text":
            room -= NUMBERING_TOKENS
        units, header = self._find_units(part, room)
        if header:
            room -= header.token_count
        packed = pack_units(self._text, units, self._sizes, room)
        payload = _find_payload(part)
        is_numbered = len(packed) > 1 and part.kind != "text"
        whole = self._name_whole(part, title) if is_numbered else ""
        for number, group in enumerate(packed):
            piece = self._describe(part, group, header)
            if not piece["text"]:
                continue
            if number == 0:
                piece["char_start"] = char_start
            extra: dict[str, Any] = (
                {"part": number + 1, "whole": whole} if is_numbered else {}
            )
            if part.kind == "text" and is_reference_list(path, piece["text"]):
                extra["part_of"] = "references"
            yield {
                **piece,
                "title": number_title(title, number + 1, piece["language"])
                if is_numbered
                else title,
                "section_path": path,
                "payload": {**payload, **extra},
                "token_count": piece["token_count"] + title_tokens + STOP_TOKENS,
            }

    def _name_whole(self, part: Part, title: str) -> str:
        """Name a table, answer or exercise, so that its parts are found together.

        The name is made of its headings and first line: it stays when rows are added,
        and when text before it changes. The second of the same beginning is numbered.
        """
        text = next(b.text for b in part.blocks if b.kind != "heading")
        key = "\0".join((title, *part.section_path, text.partition("\n")[0]))
        self._wholes[key] += 1
        digest = hashlib.sha256(key.encode()).hexdigest()[:_WHOLE_DIGITS]
        return f"{digest}-{self._wholes[key]}"

    def _find_units(self, part: Part, room: int) -> tuple[list[Unit], _Header | None]:
        """Find the units of a part, and the header to repeat where it is too large."""
        units = find_units(self._text, part.blocks, self._counter, room)
        if part.kind != "table" or sum(unit.cost_tokens for unit in units) <= room:
            return units, None
        header = self._find_header(part)
        if header is None or header.token_count > room * _MOST_HEADER_RATIO:
            return units, None
        left = room - header.token_count
        return find_units(self._text, part.blocks, self._counter, left), header

    def _find_header(self, part: Part) -> _Header | None:
        table = _find_table(part)
        line, _, rest = table.text.partition("\n")
        if not rest.strip():
            return None
        tokens = self._counter.count_tokens([line])[0]
        return _Header(line, tokens, table.char_start + len(line))

    def _describe(
        self, part: Part, group: Sequence[Unit], header: _Header | None
    ) -> dict[str, Any]:
        char_start, char_end = group[0].char_start, group[-1].char_end
        raw = self._text[char_start:char_end]
        text = raw.strip()
        char_start += len(raw) - len(raw.lstrip())
        token_count = sum(unit.token_count for unit in group)
        pages = [
            page
            for unit in group
            for page in (unit.page_first, unit.page_last)
            if page is not None
        ]
        if header and char_start >= header.char_end:
            text = f"{header.text}\n{text}"
            token_count += header.token_count
        return {
            "kind": _KINDS[part.kind],
            "text": text,
            "language": find_language(text, self._language),
            "movements": self._source.movements,
            "issues": (),
            "chunker_version": DOCUMENT_CHUNKER_VERSION,
            "page_first": min(pages, default=None),
            "page_last": max(pages, default=None),
            "char_start": char_start,
            "char_end": char_start + len(raw.strip()),
            "token_count": token_count,
        }


def _take_out_title(
    part: Part, titles: TitleWriter
) -> tuple[Part, tuple[str, ...], int]:
    """Take a question or an exercise's name out of the text where it can be the title.

    It stays in the text too where it is too long for a title, or where headings or
    nothing else stand around it. Also returns where the part begins.
    """
    first = part.blocks[0]
    payload = part.blocks[-1].payload or {}
    name = str(payload.get("question") or payload.get("name") or "")
    if part.kind in ("text", "table") or not name:
        return part, (), first.char_start
    title = titles.write_title([name])[0]
    body = first.text[len(name) :]
    is_whole = title == name and first.text.startswith(name) and body.strip()
    if not is_whole or len(part.blocks) > 1:
        return part, (title,), first.char_start
    skipped = len(first.text) - len(body.lstrip())
    rest = replace(
        first,
        kind="list" if part.kind == "exercise" else "paragraph",
        text=first.text[skipped:],
        char_start=first.char_start + skipped,
    )
    return replace(part, blocks=(rest,)), (title,), first.char_start


def _find_payload(part: Part) -> dict[str, Any]:
    """Find what the source says besides the text; running text has no such parts."""
    payload: Mapping[str, Any] = {}
    if part.kind == "table":
        payload = _find_table(part).payload or {}
    elif part.kind != "text":
        payload = part.blocks[-1].payload or {}
    return {key: value for key, value in payload.items() if key not in _LEFT_OUT}


def _find_table(part: Part) -> Block:
    return next(block for block in part.blocks if block.kind == "table")
