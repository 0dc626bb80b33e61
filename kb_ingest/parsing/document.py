"""What a parsed document is: one text, the blocks it is made of, and what was found.

Shapes only. Building them is in ``builder.py``; each format has its own module; reading
a file from outside goes through ``parse_file`` in ``file_parsing.py``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

PARSER_VERSION = "parsing-2"
"""Raised whenever the same file would give another document."""

BlockKind = Literal[
    "heading",
    "paragraph",
    "list",
    "table",
    "caption",
    "formula",
    "question_answer",
    "exercise",
]
Severity = Literal["warning", "quarantine"]
"""``warning``: used, but worth a look. ``quarantine``: the part named was left out."""

Language = Literal["en", "zh", "und"]
"""``und``: too little text, or neither English letters nor Chinese characters."""


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a document that is not cut without need.

    Attributes
    ----------
    text
        Equal to ``document.text[char_start:char_end]``; never empty. A table's text is
        its rows as lines ``a | b | c``, header first. A list's text is one item a line,
        each after ``- `` or its number. A pair's text is the question, an empty line,
        and the answer.
    section_path
        Titles of the headings above, outermost first. A heading's ends with itself.
    char_start, char_end
        Characters in ``Document.text``; blocks follow each other and never overlap.
    page_first, page_last
        Pages counted from 1 as the file has them; None where a format has no pages.
    payload
        The same content in parts (a pair's question and answer, an exercise's fields,
        a table's ``rows``), and what the source says about it; None = nothing more.
    """

    kind: BlockKind
    text: str
    section_path: tuple[str, ...]
    char_start: int
    char_end: int
    page_first: int | None = None
    page_last: int | None = None
    payload: Mapping[str, Any] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a document that a librarian should know, and what to do about it."""

    where: str
    finding: str
    fix: str
    severity: Severity = "warning"


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. ``page_count`` None = the format has no pages.

    ``media_type`` is what the content is, whatever the file's name says.
    """

    text: str
    blocks: tuple[Block, ...]
    page_count: int | None
    media_type: str
    language: Language
    findings: tuple[Finding, ...] = ()

    @property
    def word_count(self) -> int:
        """Words between white space; a Chinese sentence counts as one."""
        return len(self.text.split())


def find_broken_offsets(document: Document) -> Iterator[int]:
    """Find the blocks (by index) that are not where they say they are in the text."""
    end = 0
    for index, block in enumerate(document.blocks):
        in_place = document.text[block.char_start : block.char_end] == block.text
        if not block.text or block.char_start < end or not in_place:
            yield index
        end = block.char_end
