"""Puts together again what was cut into passages: a table, an answer, a section.

How documents are cut is in ``kb_ingest/chunking``; nothing but white space is lost
between two passages of one section.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sportsgpt_lib.knowledge.postgres import fetch_rows, open_knowledge_base

MOST_PARTS = 100
"""Chosen: some 25,000 words; a document without headings is one section."""

_BETWEEN_BLOCKS = "\n\n"


@dataclass(frozen=True)
class WholePart:
    """One passage of a whole; ``part_no`` counts from 1, None = of a section."""

    passage_id: str
    chunk_no: int
    kind: str
    text: str
    page_first: int | None
    page_last: int | None
    char_start: int | None
    char_end: int | None
    part_no: int | None


def load_whole(url: str, passage_id: str) -> tuple[WholePart, ...]:
    """Load the current passages that make up one whole with a passage, in order.

    At most ``MOST_PARTS``; empty where the passage is not current.
    """
    with open_knowledge_base(url) as connection:
        rows = fetch_rows(connection, "list_whole", passage_id, MOST_PARTS)
    return tuple(WholePart(*row) for row in rows)


def join_parts(parts: Sequence[WholePart]) -> str:
    """Join the texts of a whole; a table's header stands once."""
    if not parts:
        return ""
    joined = parts[0].text
    header = parts[0].text.partition("\n")[0]
    for before, part in pairwise(parts):
        text = part.text
        if part.kind == "table" and part.part_no is not None:
            text = text.removeprefix(f"{header}\n")
        joined += _find_gap(before, part) + text
    return joined


def find_missing_parts(parts: Sequence[WholePart]) -> tuple[int, ...]:
    """Find the numbers of parts that are not there: another source holds their text.

    Parts behind the last one are not known of.
    """
    numbers = {part.part_no for part in parts if part.part_no is not None}
    return tuple(sorted(set(range(1, max(numbers, default=0) + 1)) - numbers))


def _find_gap(before: WholePart, part: WholePart) -> str:
    """Find what stood between two parts of the document's text."""
    if before.char_end is None or part.char_start is None:
        return _BETWEEN_BLOCKS
    if part.kind == "table":
        return "\n"
    width = part.char_start - before.char_end
    is_next = part.chunk_no == before.chunk_no + 1
    return ("", " ")[width] if is_next and width in (0, 1) else _BETWEEN_BLOCKS
