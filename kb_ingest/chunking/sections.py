"""Finds the parts of a document that never share a passage.

A part is one section's running text, one table with its caption, one question with its
answer, or one exercise. Headings without any text of their own, and scraps such as a
label in a page's margin, go to the part that follows; those at the very end to the
running text before them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kb_ingest.parsing.document import Block

PartKind = Literal["text", "table", "question_answer", "exercise"]
# Chosen: three words or eight Chinese characters, in UTF-8, that nobody looks for.
_MOST_SCRAP_BYTES = 24
_ALONE: dict[str, PartKind] = {
    "table": "table",
    "question_answer": "question_answer",
    "exercise": "exercise",
}


@dataclass(frozen=True)
class Part:
    """Blocks that follow each other; ``section_path`` is that of the innermost."""

    kind: PartKind
    blocks: tuple[Block, ...]

    @property
    def section_path(self) -> tuple[str, ...]:
        """Headings above the part's last text, outermost first."""
        texts = (block for block in reversed(self.blocks) if block.kind != "heading")
        return next(texts, self.blocks[-1]).section_path


def find_parts(blocks: Sequence[Block]) -> list[Part]:
    """Find the parts of a document, in order; every block is in exactly one."""
    parts = list(_find_parts(blocks))
    has_tail = len(parts) > 1 and all(b.kind == "heading" for b in parts[-1].blocks)
    if has_tail and parts[-2].kind == "text":
        tail = parts.pop()
        parts[-1] = Part("text", (*parts[-1].blocks, *tail.blocks))
    return parts


def _find_parts(blocks: Sequence[Block]) -> Iterator[Part]:
    headings: list[Block] = []
    running: list[Block] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        table = _find_table(blocks, index)
        if running and (table or _begins_part(block, running[-1])):
            if _is_scrap(running):
                headings += running
            else:
                yield Part("text", (*headings, *running))
                headings = []
            running = []
        if table:
            yield Part("table", (*headings, *table))
        elif block.kind in _ALONE:
            yield Part(_ALONE[block.kind], (*headings, block))
        elif block.kind == "heading":
            headings.append(block)
            index += 1
            continue
        else:
            running.append(block)
            index += 1
            continue
        headings = []
        index += len(table) or 1
    if headings or running:
        yield Part("text", (*headings, *running))


def _is_scrap(blocks: Sequence[Block]) -> bool:
    return sum(len(block.text.encode()) for block in blocks) <= _MOST_SCRAP_BYTES


def _begins_part(block: Block, previous: Block) -> bool:
    return (
        block.kind == "heading"
        or block.kind in _ALONE
        or block.section_path != previous.section_path
    )


def _find_table(blocks: Sequence[Block], index: int) -> tuple[Block, ...]:
    """Find the table that begins here, with a caption before or after it."""
    kinds = [block.kind for block in blocks[index : index + 2]]
    if kinds in (["caption", "table"], ["table", "caption"]):
        return tuple(blocks[index : index + 2])
    return tuple(blocks[index : index + 1]) if kinds[:1] == ["table"] else ()
