"""What the elements of a format mean: HTML, and each kind of XML, has a vocabulary.

Who walks a tree by it is in ``tree_walker.py``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kb_ingest.parsing.xml_tree import Element

Handler = Callable[[Any, Element], None]
"""Writes an element by the walker that it is given."""

InlineText = Callable[[Element], str]


@dataclass(frozen=True)
class Vocabulary:
    """What the elements of a format mean, by tag without namespace.

    Attributes
    ----------
    ignored
        Not text at all: scripts, metadata.
    left_out
        Text that is not knowledge, and what to call it in the finding.
    sections, titles
        An element that opens a section, and its first child that names it.
    headings
        Elements that open a section by themselves, with their level.
    blocks
        Elements that end the paragraph before them.
    special
        What has its own treatment as a block.
    inline
        What stands for another text within a line, such as a formula.
    name_hidden
        What to call an element that readers don't see as text; None = it is text.
    read_page
        The page that an element says begins here; None = it says nothing.
    """

    ignored: frozenset[str] = frozenset()
    left_out: Mapping[str, str] = field(default_factory=dict)
    sections: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    headings: Mapping[str, int] = field(default_factory=dict)
    blocks: frozenset[str] = frozenset()
    captions: frozenset[str] = frozenset()
    formulas: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    numbered_lists: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    cells: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    preformatted: frozenset[str] = frozenset()
    special: Mapping[str, Handler] = field(default_factory=dict)
    inline: Mapping[str, InlineText] = field(default_factory=dict)
    name_hidden: Callable[[Element], str | None] = lambda _: None
    read_page: Callable[[Element], int | None] = lambda _: None

    @cached_property
    def block_tags(self) -> frozenset[str]:
        """Elements that stand in paragraphs of their own."""
        return frozenset().union(
            self.blocks,
            self.items,
            self.lists,
            self.tables,
            self.rows,
            self.cells,
            self.sections,
            self.titles,
            self.headings,
            self.captions,
            self.formulas,
            self.preformatted,
            self.special,
        )
