"""Tables of commands: ruled on a terminal, plain columns in a file or a pipe."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def print_table(
    console: Console,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> None:
    """Print rows under their columns; nothing is cut short, None is left empty."""
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    numeric = [
        all(isinstance(row[place], int | float) or row[place] is None for row in rows)
        for place in range(len(columns))
    ]
    if console.is_terminal:
        table = Table(title=escape(title), title_justify="left", box=None)
        for column, is_number in zip(columns, numeric, strict=True):
            table.add_column(column, justify="right" if is_number else "left")
        for row in texts:
            table.add_row(*map(escape, row))
        console.print(table)
        return
    console.print(title, markup=False)
    widths = [
        max(len(row[place]) for row in [list(columns), *texts])
        for place in range(len(columns))
    ]
    for row in [list(columns), *texts]:
        cells = (
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(row, widths, numeric, strict=True)
        )
        console.print("  " + "  ".join(cells).rstrip(), markup=False, highlight=False)
