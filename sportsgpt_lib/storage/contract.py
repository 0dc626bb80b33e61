"""The words a table contract is written in: column, table, and their constructors.

The tables themselves are in ``tables.py``. No I/O and no SQL lives here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

ColumnType = Literal["text", "integer", "real", "boolean", "date", "json"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``unit`` is empty for names, flags and dimensionless numbers. ``nullable`` columns
    say in ``meaning`` what a null stands for. ``minimum``, ``maximum`` are inclusive.
    ``allowed`` lists every value a text column may hold; empty means any text.
    ``is_served`` False = it stays in the lake, which only the pipeline reads: neither
    DuckDB nor Postgres has the column.
    """

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()
    is_served: bool = True


@dataclass(frozen=True)
class Table:
    """One table: what a row stands for, its key, and where it is served.

    ``is_mart`` tables are copied into DuckDB and Postgres; the others stay in the
    Parquet lake, where DuckDB reads them through views (they are frame by frame, and
    too large to serve row by row).
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_mart: bool
    schema: str = "training"

    @property
    def qualified_name(self) -> str:
        """Schema and name, as in SQL and in the asset key."""
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """Column names in their stored order."""
        return tuple(column.name for column in self.columns)

    @property
    def served(self) -> "Table":
        """The table as databases hold it: without columns that stay in the lake."""
        return replace(self, columns=tuple(c for c in self.columns if c.is_served))

    def column(self, name: str) -> Column:
        """Find one column by name; raises KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def text(
    name: str,
    meaning: str,
    *,
    nullable: bool = False,
    allowed: Sequence[str] = (),
) -> Column:
    """Declare a text column."""
    return Column(name, "text", meaning, nullable=nullable, allowed=tuple(allowed))


def integer(
    name: str,
    meaning: str,
    unit: str = "",
    *,
    nullable: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Column:
    """Declare a whole-number column."""
    return Column(
        name,
        "integer",
        meaning,
        unit,
        nullable=nullable,
        minimum=minimum,
        maximum=maximum,
    )


def real(
    name: str,
    meaning: str,
    unit: str = "",
    *,
    nullable: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Column:
    """Declare a floating-point column. Missing is null, never NaN, at rest."""
    return Column(
        name,
        "real",
        meaning,
        unit,
        nullable=nullable,
        minimum=minimum,
        maximum=maximum,
    )


def boolean(name: str, meaning: str, *, nullable: bool = False) -> Column:
    """Declare a yes/no column."""
    return Column(name, "boolean", meaning, nullable=nullable)


def day(name: str, meaning: str, *, nullable: bool = False) -> Column:
    """Declare a calendar-day column."""
    return Column(name, "date", meaning, nullable=nullable)


def json(
    name: str, meaning: str, *, nullable: bool = False, is_served: bool = True
) -> Column:
    """Declare a column of JSON text (``jsonb`` in Postgres, ``json`` in DuckDB)."""
    return Column(name, "json", meaning, nullable=nullable, is_served=is_served)
