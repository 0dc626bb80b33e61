"""Builds a document block by block, so that its offsets cannot be wrong.

Every parser writes through one builder: it cleans characters, keeps the section path,
counts what is left out, and judges the text as a whole at the end.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kb_ingest.parsing.characters import (
    clean_text,
    detect_language,
    find_mojibake,
    show_text,
)
from kb_ingest.parsing.document import Block, BlockKind, Document, Finding, Severity
from kb_ingest.parsing.limits import ParseLimits
from sportsgpt_lib.errors import DocumentError

_BETWEEN_BLOCKS = "\n\n"
_MOST_EXAMPLES_COUNT = 3
_ADDRESSES = ("http:", "https:", "ftp:", "mailto:")
_CONTENTS = frozenset({"contents", "table of contents", "目录", "目 录"})
_LONGEST_TITLE_CHARACTERS = 300
"""Chosen: a longer "heading" is a paragraph in a heading's clothes."""


class DocumentBuilder:
    """Collects blocks and findings.

    Parameters
    ----------
    name
        The file's name, as findings name it.
    media_type
        What the content is.
    """

    def __init__(self, name: str, media_type: str, limits: ParseLimits) -> None:
        self.name = name
        self.limits = limits
        self.page_count: int | None = None
        self._media_type = media_type
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._findings: list[Finding] = []
        self._sections: list[tuple[int, str]] = []
        self._base: tuple[str, ...] = ()
        self._length = 0
        self._invisible_count = 0
        self._left_out: Counter[str] = Counter()
        self._link_count = 0

    @property
    def section_path(self) -> tuple[str, ...]:
        """Titles above the next block, outermost first."""
        return (*self._base, *(title for _, title in self._sections))

    @property
    def block_count(self) -> int:
        """Blocks so far."""
        return len(self._blocks)

    def add_heading(self, title: str, level: int, page: int | None = None) -> None:
        """Open a section: 1 is the outermost level; deeper sections above it close."""
        text = " ".join(self._clean(title).split())
        if not text:
            return
        if text.lower() in _CONTENTS:
            self.leave_out("headings of tables of contents", text)
            return
        if len(text) > _LONGEST_TITLE_CHARACTERS:
            self.add("paragraph", text, pages=(page, page))
            return
        self.close_sections(level)
        self._sections.append((level, text))
        self.add("heading", text, pages=(page, page), payload={"level": level})

    def close_sections(self, level: int) -> None:
        """Close all sections of this level and deeper."""
        while self._sections and self._sections[-1][0] >= level:
            self._sections.pop()

    @contextmanager
    def nest(self, titles: Sequence[str]) -> Iterator[None]:
        """Put everything added inside under these titles, which are no blocks."""
        outer = self._base, self._sections
        cleaned = (" ".join(self._clean(title).split()) for title in titles)
        self._base, self._sections = (*self.section_path, *cleaned), []
        yield
        self._base, self._sections = outer

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        pages: tuple[int | None, int | None] = (None, None),
        payload: Mapping[str, Any] | None = None,
    ) -> None:
        """Add one block; text without a visible character adds nothing."""
        text = self._clean(text).strip()
        if not text:
            return
        start = self._length + (len(_BETWEEN_BLOCKS) if self._blocks else 0)
        self._length = start + len(text)
        self._parts.append(text)
        self._blocks.append(
            Block(
                kind,
                text,
                self.section_path,
                start,
                self._length,
                *pages,
                None if payload is None else self._clean_payload(payload),
            )
        )

    def add_table(
        self,
        rows: Sequence[Sequence[str]],
        *,
        pages: tuple[int | None, int | None] = (None, None),
        title: str = "",
    ) -> None:
        """Add a table, header first; empty rows and a table of nothing are dropped."""
        cells = [[" ".join(self._clean(cell).split()) for cell in row] for row in rows]
        kept = [row for row in cells if any(row)]
        if title.strip():
            self.add("caption", " ".join(title.split()), pages=pages)
        text = "\n".join(" | ".join(row) for row in kept)
        self.add("table", text, pages=pages, payload={"rows": kept})

    def add_items(
        self,
        items: Sequence[str],
        *,
        is_numbered: bool = False,
        pages: tuple[int | None, int | None] = (None, None),
    ) -> None:
        """Add a list, one item a line."""
        texts = [text for item in items if (text := self._clean(item).strip())]
        lines = [
            f"{number}. {text}" if is_numbered else f"- {text}"
            for number, text in enumerate(texts, 1)
        ]
        self.add("list", "\n".join(lines), pages=pages)

    def report(
        self, where: str, finding: str, fix: str, severity: Severity = "warning"
    ) -> None:
        """Keep a finding; ``where`` is a place in the file, "" the file itself."""
        place = f"{self.name}: {where}" if where else self.name
        self._findings.append(
            Finding(show_text(place), show_text(finding), fix, severity)
        )

    def leave_out(self, what: str, text: str) -> None:
        """Leave text out, and have its words counted in a finding."""
        if words := len(text.split()):
            self._left_out[what] += words

    def count_link(self, address: str | None) -> None:
        """Count a link out of the document: its words are kept, its address is not."""
        self._link_count += (address or "").lower().startswith(_ADDRESSES)

    def build(self) -> Document:
        """Finish the document.

        Raises
        ------
        DocumentError
            No block was found.
        """
        if not self._blocks:
            reasons = "; ".join(finding.finding for finding in self._findings)
            raise DocumentError(
                self.name,
                "no text was found in it" + (f" ({reasons})" if reasons else ""),
                "check that the file opens and shows text; pictures of text need OCR",
            )
        text = _BETWEEN_BLOCKS.join(self._parts)
        self._report_whole(text)
        return Document(
            text=text,
            blocks=tuple(self._blocks),
            page_count=self.page_count,
            media_type=self._media_type,
            language=detect_language(text),
            findings=tuple(self._findings),
        )

    def _report_whole(self, text: str) -> None:
        for what, words in sorted(self._left_out.items()):
            self.report("", f"{words} words of {what} left out", "nothing, if so meant")
        if self._link_count:
            self.report(
                "",
                f"the addresses of {self._link_count} links left out, their words kept",
                "write an address that readers need into the text",
            )
        if self._invisible_count:
            self.report(
                "",
                f"{self._invisible_count} control, invisible or private-font "
                "characters taken out",
                "compare with the original if there are many: text may hide in them",
            )
        if broken := find_mojibake(text):
            examples = list(dict.fromkeys(broken))[:_MOST_EXAMPLES_COUNT]
            shown = ", ".join(map(repr, examples))
            self.report(
                "",
                f"{len(broken)} characters were once decoded wrongly, such as {shown}",
                "get the file from its owner as UTF-8; the lost cannot be restored",
            )

    def _clean(self, text: str) -> str:
        cleaned, removed = clean_text(text)
        self._invisible_count += removed
        return cleaned

    def _clean_payload(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        return {key: _clean_value(value) for key, value in payload.items()}


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)[0].strip()
    if isinstance(value, Mapping):
        return {clean_text(str(key))[0]: _clean_value(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean_value(part) for part in value]
    return value
