"""Reads the rows of a table in a tree, with every cell in its own column."""

from collections.abc import Callable, Iterator

from kb_ingest.parsing.xml_tree import Element, get_local_name

_MOST_SPAN_COUNT = 50
"""Chosen: wider spans are a slip of the pen; they would only add empty cells."""


def read_rows(
    table: Element,
    table_tags: frozenset[str],
    row_tags: frozenset[str],
    cell_tags: frozenset[str],
    collect: Callable[[Element], str],
) -> list[list[str]]:
    """Read a table row by row; a cell over several places fills the first of them."""
    taken: dict[int, int] = {}
    rows = []
    for row in _find_rows(table, table_tags, row_tags):
        cells: list[str] = []
        for cell in (part for part in row if get_local_name(part) in cell_tags):
            _skip_taken(cells, taken)
            width, height = _get_span(cell)
            for place in range(len(cells), len(cells) + width):
                taken[place] = height
            cells.append(collect(cell))
            cells.extend([""] * (width - 1))
        _skip_taken(cells, taken)
        rows.append(cells)
        taken = {place: left - 1 for place, left in taken.items() if left > 1}
    return rows


def _skip_taken(cells: list[str], taken: dict[int, int]) -> None:
    while taken.get(len(cells), 0) > 0:
        cells.append("")


def _find_rows(
    table: Element, table_tags: frozenset[str], row_tags: frozenset[str]
) -> Iterator[Element]:
    for part in table:
        tag = get_local_name(part)
        if tag in row_tags:
            yield part
        elif tag not in table_tags:
            yield from _find_rows(part, table_tags, row_tags)


def _get_span(cell: Element) -> tuple[int, int]:
    width = _read_count(cell.get("colspan") or cell.get("cols"))
    first, last = cell.get("namest"), cell.get("nameend")
    if first and last:
        width = _read_count(_digits(last)) - _read_count(_digits(first)) + 1
    height = _read_count(cell.get("rowspan") or cell.get("rows"))
    if (more := cell.get("morerows", "")).isdecimal():
        height = int(more) + 1
    return max(1, min(width, _MOST_SPAN_COUNT)), height


def _read_count(value: str | None) -> int:
    return max(1, int(value)) if value and value.isdecimal() else 1


def _digits(value: str) -> str:
    return "".join(character for character in value if character.isdecimal())
