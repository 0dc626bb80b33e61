"""Walks a tree of elements and writes its blocks: one walk for HTML and all of XML.

What the elements mean is in ``tree_vocabulary.py``. An element that no vocabulary names
is taken for part of the running text, so that its words are never lost.
"""

import re
from collections.abc import Iterator

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.document import BlockKind
from kb_ingest.parsing.tree_tables import read_rows
from kb_ingest.parsing.tree_vocabulary import Vocabulary
from kb_ingest.parsing.xml_tree import (
    Element,
    get_address,
    get_entity_text,
    get_local_name,
    is_entity,
)

_BREAK = "\x01"
_SPACE = re.compile(r"\s+")
_AROUND_BREAK = re.compile(rf" *{_BREAK} *")


class TreeWalker:
    """Writes the blocks of one tree through a builder.

    ``page`` is the page being read; ``depth`` how many sections are open.
    """

    def __init__(self, builder: DocumentBuilder, vocabulary: Vocabulary) -> None:
        self.builder = builder
        self.vocabulary = vocabulary
        self.page: int | None = None
        self._line: list[str] = []
        self._is_line_begun = False
        self._page_of_line: int | None = None
        self.depth = 0

    def walk(self, element: Element) -> None:
        """Write everything inside an element."""
        self._append(self._keep_lines(element.text, element))
        for child in element:
            self._visit(child)
            self._append(self._keep_lines(child.tail, element))

    def flush(self) -> None:
        """End the paragraph that is being written."""
        text = _finish_line("".join(self._line))
        self._line.clear()
        self._is_line_begun = False
        self.builder.add("paragraph", text, pages=(self._page_of_line, self.page))
        self._page_of_line = self.page

    def write(self, element: Element) -> None:
        """Write everything inside an element, in paragraphs of its own."""
        self.flush()
        self.walk(element)
        self.flush()

    def visit(self, element: Element) -> None:
        """Write an element as what it is, in paragraphs of its own."""
        self.flush()
        self._visit(element)
        self.flush()

    def collect(self, element: Element, without: frozenset[str] = frozenset()) -> str:
        """Collect all text of an element, one line for each of its blocks."""
        text = "".join(self._collect_parts(element, without))
        return re.sub(r"\n{2,}", "\n", _finish_line(text)).strip()

    def _collect_parts(
        self, element: Element, without: frozenset[str]
    ) -> Iterator[str]:
        yield self._keep_lines(element.text, element)
        for child in element:
            yield from self._collect_child(child, without)
            yield self._keep_lines(child.tail, element)

    def _collect_child(self, child: Element, without: frozenset[str]) -> Iterator[str]:
        words = self.vocabulary
        tag = get_local_name(child)
        self.builder.count_link(get_address(child))
        if is_entity(child):
            yield get_entity_text(child)
        elif not tag or tag in words.ignored or tag in without:
            return
        elif what := words.left_out.get(tag) or words.name_hidden(child):
            self._leave_out(child, what)
        elif tag in words.inline:
            yield words.inline[tag](child)
        else:
            mark = _BREAK if self._is_block(tag) or tag in words.breaks else ""
            yield mark
            yield from self._collect_parts(child, without)
            yield mark

    def _visit(self, child: Element) -> None:
        words = self.vocabulary
        tag = get_local_name(child)
        self.builder.count_link(get_address(child))
        if is_entity(child):
            self._append(get_entity_text(child))
        elif not tag or tag in words.ignored:
            return
        elif what := words.left_out.get(tag) or words.name_hidden(child):
            self._leave_out(child, what)
        elif page := words.read_page(child):
            self.page = page
        elif tag in words.special:
            self.flush()
            words.special[tag](self, child)
        elif tag in words.inline:
            self._append(words.inline[tag](child))
        elif tag in words.breaks:
            self._line.append(_BREAK)
        else:
            self._visit_structure(child, tag)

    def _visit_structure(self, child: Element, tag: str) -> None:
        words = self.vocabulary
        if tag in words.headings:
            self.flush()
            title = self.collect(child)
            self.builder.add_heading(title, words.headings[tag], self.page)
        elif tag in words.sections:
            self._visit_section(child)
        elif tag in words.tables and self._is_data_table(child):
            self._visit_table(child)
        elif tag in words.lists and self._is_plain_list(child):
            self.flush()
            self._visit_list(child, tag)
        elif tag in words.captions:
            self._write_whole(child, "caption")
        elif tag in words.formulas:
            self._write_whole(child, "formula")
        elif self._is_block(tag):
            self.write(child)
        else:
            self.walk(child)

    def _write_whole(self, element: Element, kind: BlockKind) -> None:
        self.flush()
        self.builder.add(kind, self.collect(element), pages=(self.page, self.page))

    def _visit_section(self, section: Element) -> None:
        self.flush()
        self.depth += 1
        self.builder.close_sections(self.depth)
        title = next(
            (c for c in section if get_local_name(c) in self.vocabulary.titles), None
        )
        if title is not None:
            self.builder.add_heading(self.collect(title), self.depth, self.page)
        for child in section:
            if child is not title:
                self._visit(child)
            self._append(self._keep_lines(child.tail, section))
        self.flush()
        self.builder.close_sections(self.depth)
        self.depth -= 1

    def _visit_table(self, table: Element) -> None:
        self.flush()
        words = self.vocabulary
        title = " ".join(
            self.collect(part)
            for part in table
            if get_local_name(part) in words.captions | words.titles
        )
        rows = read_rows(table, words.tables, words.rows, words.cells, self.collect)
        self.builder.add_table(rows, pages=(self.page, self.page), title=title)

    def _visit_list(self, element: Element, tag: str) -> None:
        lines = self._list_lines(element, tag, indent="")
        self.builder.add("list", "\n".join(lines), pages=(self.page, self.page))

    def _list_lines(self, element: Element, tag: str, indent: str) -> list[str]:
        words = self.vocabulary
        is_numbered = tag in words.numbered_lists or (
            element.get("list-type") in ("enumerated", "order", "alpha-lower")
        )
        lines, number = [], 0
        for item in element:
            name = get_local_name(item)
            if name in words.lists:
                lines.extend(self._list_lines(item, name, indent + "  "))
                continue
            text = self.collect(item, words.lists).replace("\n", " ")
            if text:
                number += name in words.items
                mark = f"{number}. " if is_numbered else "- "
                lines.append(indent + (mark if name in words.items else "") + text)
            for inner in self._find_inner_lists(item):
                name = get_local_name(inner)
                lines.extend(self._list_lines(inner, name, indent + "  "))
        return lines

    def _find_inner_lists(self, item: Element) -> Iterator[Element]:
        for child in item:
            if get_local_name(child) in self.vocabulary.lists:
                yield child
            else:
                yield from self._find_inner_lists(child)

    def _is_plain_list(self, element: Element) -> bool:
        words = self.vocabulary
        return not any(
            (tag := get_local_name(part)) in words.headings
            or tag in words.tables
            or tag in words.special
            for part in element.iterdescendants()
        )

    def _is_data_table(self, table: Element) -> bool:
        """Whether a table holds data, and does not just lay out a page."""
        words = self.vocabulary
        inside = {get_local_name(part) for part in table.iterdescendants()}
        return not inside & (words.headings.keys() | words.tables)

    def _is_block(self, tag: str) -> bool:
        return tag in self.vocabulary.block_tags

    def _append(self, text: str) -> None:
        if not self._is_line_begun:
            self._page_of_line = self.page
            self._is_line_begun = bool(text.strip())
        self._line.append(text)

    def _keep_lines(self, text: str | None, parent: Element) -> str:
        if text and "\n" in text and self._is_preformatted(parent):
            return text.replace("\n", _BREAK)
        return text or ""

    def _is_preformatted(self, element: Element | None) -> bool:
        tags = self.vocabulary.preformatted
        while tags and element is not None:
            if get_local_name(element) in tags:
                return True
            element = element.getparent()
        return False

    def _leave_out(self, element: Element, what: str) -> None:
        self.builder.leave_out(what, " ".join(element.itertext()))


def _finish_line(text: str) -> str:
    return _AROUND_BREAK.sub("\n", _SPACE.sub(" ", text)).strip()
