"""Parquet as bytes in memory, to rows that take little room.

Text that repeats in every row, such as a clip's digest, would take as much room as the
numbers beside it; here such a column is kept as its one value. No file is touched and
no contract is known.
"""

import io

import polars as pl

# So many rows weigh 10 MB at most, and are read at once in a tenth of the time.
_SMALL_ROWS = 65_536


def rows_from_parquet(content: bytes, only: pl.Expr | None = None) -> pl.DataFrame:
    """Read rows; equal to ``pl.read_parquet``, but smaller while and after reading.

    Parameters
    ----------
    content
        A whole Parquet file.
    only
        Condition that rows must meet; None = all of them.

    Raises
    ------
    polars.exceptions.PolarsError
        The bytes are no Parquet, or the condition names an unknown column.
    """
    row_count = _scan(content, None).select(pl.len()).collect().item()
    if row_count <= _SMALL_ROWS:
        return _scan(content, only).collect()
    schema = pl.read_parquet_schema(io.BytesIO(content))
    text = [name for name, dtype in schema.items() if dtype == pl.String]
    constants = _find_constants(content, text, only)
    others = [name for name in schema if name not in constants]
    if not others:
        others = [constants.popitem()[0]]
    rows = _scan(content, only).select(others).collect()
    values = (pl.lit(value).alias(name) for name, value in constants.items())
    return rows.with_columns(values).select(list(schema))


def _scan(content: bytes, only: pl.Expr | None) -> pl.LazyFrame:
    rows = pl.scan_parquet(io.BytesIO(content))
    return rows if only is None else rows.filter(only)


def _find_constants(
    content: bytes, names: list[str], only: pl.Expr | None
) -> dict[str, str]:
    """Find the text columns that repeat one value, and the value of each."""
    constants = {}
    for name in names:
        # By column and as a stream, so that no column is ever there at full length.
        low, high, null_count = (
            _scan(content, only)
            .select(
                low=pl.col(name).min(),
                high=pl.col(name).max(),
                null_count=pl.col(name).null_count(),
            )
            .collect(engine="streaming")
            .row(0)
        )
        if low is not None and low == high and null_count == 0:
            constants[name] = low
    return constants
