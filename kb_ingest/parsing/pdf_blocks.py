"""Makes blocks of a PDF's lines: headings by size, paragraphs, lists, captions, tables.

Running headers and footers are found over the whole document and left out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.document import BlockKind
from kb_ingest.parsing.pdf_layout import Line

_MARGIN_RATIO = 0.12
_LEAST_REPEATS_COUNT = 3
_SAME_PLACE_PT = 2.0
_RUNNING_RATIO = 0.3
_HEADING_SIZE_RATIO = 1.12
_MOST_HEADING_CHARACTERS = 160
_MOST_BOLD_HEADING_CHARACTERS = 100
_PARAGRAPH_GAP_RATIO = 1.35
_INDENT_EMS = 0.8
_SAME_SIZE_RATIO = 0.1
"""Chosen, see docs/knowledge.md ("Layout of a PDF")."""

_BULLET = re.compile(r"^(?:[•‣▪◦●○–—·*]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+(?=\S)")
_CAPTION = re.compile(
    r"^(?:(?:figures?|figs?\.?|table|box|plate|chart|diagram)\s*\d|[图表]\s*\d)",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
_ENDS_SENTENCE = re.compile(r"[.!?:;。!?:;”\"')\]]$")
_HYPHENATED = re.compile(r"(\w+)-$")
_LONGEST_WORD_CHARACTERS = 64
_WIDE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


@dataclass(slots=True)
class _Paragraph:
    lines: list[Line]
    kind: BlockKind


def find_running_lines(lines: Sequence[Line], page_height: float) -> set[int]:
    """Find lines (by ``id``) that repeat at the edge of pages.

    Numbers may differ from page to page, unless the line is set as large as a heading:
    "Chapter 4" may open a page. Where such lines stand on many pages, others of the
    same height are running lines too: a short chapter has its title there only twice.
    """
    largest = _HEADING_SIZE_RATIO * _measure_sizes(lines)
    edges = [
        line for line in lines if line.rows is None and _is_at_edge(line, page_height)
    ]
    texts: dict[tuple[str, int], list[Line]] = {}
    for line in edges:
        is_large = line.size > largest
        text = line.text.lower() if is_large else _DIGITS.sub("#", line.text.lower())
        texts.setdefault((text, _get_place(line)), []).append(line)
    found = [
        line
        for (text, place), same in texts.items()
        if _count_pages(texts, text, place) >= _LEAST_REPEATS_COUNT
        for line in same
    ]
    pages: dict[int, set[int]] = {}
    for line in found:
        pages.setdefault(_get_place(line), set()).add(line.page)
    least = max(_LEAST_REPEATS_COUNT, _RUNNING_RATIO * len({p.page for p in lines}))
    busy = {place for place, on in pages.items() if len(on) >= least}
    others = [p for p in edges if p.size <= largest and _get_place(p) in busy]
    return {id(line) for line in (*found, *others)}


def _get_place(line: Line) -> int:
    return round(line.top / _SAME_PLACE_PT)


def _count_pages(
    texts: dict[tuple[str, int], list[Line]], text: str, place: int
) -> int:
    near = (place - 1, place, place + 1)
    return len({line.page for at in near for line in texts.get((text, at), ())})


def _is_at_edge(line: Line, page_height: float) -> bool:
    return (
        line.bottom < _MARGIN_RATIO * page_height
        or line.top > (1 - _MARGIN_RATIO) * page_height
    )


def write_blocks(lines: Sequence[Line], builder: DocumentBuilder) -> None:
    """Write the blocks of all lines of a document."""
    sizes = _measure_sizes(lines)
    levels = _rank_headings(lines, sizes)
    words = _count_whole_words(lines)
    for paragraph in _group_paragraphs(lines, sizes, levels):
        _write_paragraph(paragraph, levels, sizes, words, builder)


def _measure_sizes(lines: Iterable[Line]) -> float:
    """Measure the size that most characters have."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[_round_size(line.size)] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def _round_size(size: float) -> float:
    return round(size * 2) / 2


def _rank_headings(lines: Iterable[Line], body: float) -> dict[float, int]:
    """Rank the sizes above the text's: the largest is level 1."""
    found = {
        _round_size(line.size)
        for line in lines
        if line.rows is None
        and line.size > _HEADING_SIZE_RATIO * body
        and 1 < len(line.text) <= _MOST_HEADING_CHARACTERS
    }
    return {size: level for level, size in enumerate(sorted(found, reverse=True), 1)}


def _get_level(line: Line, levels: dict[float, int], body: float) -> int | None:
    if line.rows is not None or not any(map(str.isalpha, line.text)):
        return None
    size = _round_size(line.size)
    if size > _HEADING_SIZE_RATIO * body and size in levels:
        return levels[size]
    is_short = len(line.text) <= _MOST_BOLD_HEADING_CHARACTERS
    is_text_size = size >= body * (1 - _SAME_SIZE_RATIO)
    is_title = line.is_bold and is_short and is_text_size
    is_other = _CAPTION.match(line.text) or line.text.endswith((".", ",", ";"))
    return len(levels) + 1 if is_title and not is_other else None


def _group_paragraphs(
    lines: Sequence[Line], body: float, levels: dict[float, int]
) -> Iterable[_Paragraph]:
    leading = _measure_leading(lines)
    current: _Paragraph | None = None
    for line in lines:
        kind = _judge_kind(line, levels, body)
        if current is not None and _continues(current, line, kind, leading):
            current.lines.append(line)
            continue
        if current is not None:
            yield current
        current = _Paragraph([line], kind)
    if current is not None:
        yield current


def _measure_leading(lines: Sequence[Line]) -> float:
    """Measure the usual distance from line to line, as a share of the size."""
    steps: Counter[float] = Counter()
    for above, below in pairwise(lines):
        step = below.top - above.top
        if above.page == below.page and 0 < step < 3 * above.size:
            steps[round(step / max(above.size, 1.0), 1)] += 1
    return steps.most_common(1)[0][0] if steps else 1.2


def _judge_kind(line: Line, levels: dict[float, int], body: float) -> BlockKind:
    if line.rows is not None:
        return "table"
    if _get_level(line, levels, body) is not None:
        return "heading"
    if _CAPTION.match(line.text):
        return "caption"
    return "list" if _BULLET.match(line.text) else "paragraph"


def _continues(
    paragraph: _Paragraph, line: Line, kind: BlockKind, leading: float
) -> bool:
    last = paragraph.lines[-1]
    is_same_size = abs(line.size - last.size) <= _SAME_SIZE_RATIO * last.size
    if "table" in (kind, paragraph.kind) or not is_same_size:
        return False
    if line.page != last.page or line.column != last.column:
        return _continues_elsewhere(paragraph, line, kind)
    is_near = line.top - last.top <= _PARAGRAPH_GAP_RATIO * leading * last.size
    if paragraph.kind == "heading" or kind == "heading":
        return kind == paragraph.kind and is_near and line.is_bold == last.is_bold
    if kind in ("list", "caption"):
        return kind == paragraph.kind == "list" and is_near
    is_indented = line.x0 > last.x0 + _INDENT_EMS * last.size
    is_new = is_indented and len(paragraph.lines) > 1 and paragraph.kind != "list"
    return is_near and not is_new


def _continues_elsewhere(paragraph: _Paragraph, line: Line, kind: BlockKind) -> bool:
    """Whether a sentence goes on in the next column or on the next page."""
    last = paragraph.lines[-1]
    starts_small = line.text[:1].islower() or bool(_WIDE.match(line.text))
    return (
        kind == "paragraph"
        and paragraph.kind in ("paragraph", "list")
        and line.page - last.page <= 1
        and starts_small
        and not _ENDS_SENTENCE.search(last.text)
    )


def _write_paragraph(
    paragraph: _Paragraph,
    levels: dict[float, int],
    body: float,
    words: Counter[str],
    builder: DocumentBuilder,
) -> None:
    first, last = paragraph.lines[0], paragraph.lines[-1]
    pages = (first.page, last.page)
    if first.rows is not None:
        builder.add_table(first.rows, pages=pages)
        return
    if paragraph.kind == "heading":
        level = _get_level(first, levels, body) or 1
        builder.add_heading(_join(paragraph.lines, words), level, first.page)
    elif paragraph.kind == "list":
        items = _split_items(paragraph.lines)
        text = "\n".join(_join(item, words) for item in items)
        builder.add("list", _BULLET_SIGN.sub("- ", text), pages=pages)
    else:
        builder.add(paragraph.kind, _join(paragraph.lines, words), pages=pages)


_BULLET_SIGN = re.compile(r"^[•‣▪◦●○–—·*]\s+", re.MULTILINE)


def _split_items(lines: Sequence[Line]) -> list[list[Line]]:
    items: list[list[Line]] = []
    for line in lines:
        if not items or _BULLET.match(line.text):
            items.append([])
        items[-1].append(line)
    return items


def _count_whole_words(lines: Iterable[Line]) -> Counter[str]:
    """Count words as they stand within lines: they tell how to join broken ones."""
    words: Counter[str] = Counter()
    for line in lines:
        words.update(part.lower() for part in re.findall(r"[\w-]+\w", line.text))
    return words


def _join(lines: Sequence[Line], words: Counter[str]) -> str:
    text = ""
    for line in lines:
        # A pattern tried on all of the text at every line takes quadratic time.
        broken = _HYPHENATED.search(text[-_LONGEST_WORD_CHARACTERS:])
        if not text:
            text = line.text
        elif broken and line.text[:1].islower():
            text = _join_broken(text, broken.group(1), line.text, words)
        elif _WIDE.match(text[-1]) and _WIDE.match(line.text):
            text += line.text
        else:
            text += " " + line.text
    return text


def _join_broken(text: str, start: str, rest: str, words: Counter[str]) -> str:
    end = re.match(r"[\w-]*", rest)
    second = end.group() if end else ""
    hyphenated = words[f"{start}-{second}".lower()]
    joined = words[f"{start}{second}".lower()]
    return text + rest if hyphenated > joined else text[:-1] + rest
