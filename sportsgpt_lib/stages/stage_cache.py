"""Results of stages, kept by what decides them, so that nothing is computed twice.

One file per key holds verdict and rows together, so a crash leaves all or nothing: a
line with the SHA-256 of all that follows, a line of JSON with the verdict and every
table's length, then the tables as Parquet. Who builds the key is the runner; a damaged
entry is a missing one.
"""

import dataclasses
import hashlib
import io
import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from upath import UPath

from sportsgpt_lib.stages.contract import StageOutput, Verdict
from sportsgpt_lib.storage.atomic_files import write_atomically
from sportsgpt_lib.storage.parquet_bytes import rows_from_parquet

_LOGGER = logging.getLogger(__name__)
# Place of the stage's own table among its side tables.
_MAIN = ""
_KEY = re.compile(r"[0-9a-f]{64}")


class StageCache:
    """All stored stage results under one root, local or in an object store."""

    def __init__(self, root: str | Path | UPath) -> None:
        self.root = UPath(root)

    def path(self, key: str) -> UPath:
        """Name the file of a key; it need not exist.

        Raises
        ------
        ValueError
            The key is not a SHA-256 in hexadecimal digits.
        """
        if _KEY.fullmatch(key) is None:
            message = f"stage cache key {key!r} is not a SHA-256 in hexadecimal digits"
            raise ValueError(message)
        return self.root / key[:2] / f"{key}.stage"

    def load(self, key: str) -> StageOutput | None:
        """Load a result; None where there is none, or none that is whole."""
        path = self.path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        digest, _, rest = content.partition(b"\n")
        if hashlib.sha256(rest).hexdigest().encode("ascii") != digest:
            _LOGGER.warning("damaged stage result is computed again: %s", path)
            return None
        header_line, _, tables = rest.partition(b"\n")
        header = json.loads(header_line)
        if "lengths" not in header:
            return None  # written by a version that knew one table a stage
        rows = _cut_tables(tables, header["lengths"])
        return StageOutput(
            rows.pop(_MAIN, None), Verdict(**header["verdict"]), side_rows=rows
        )

    def save(self, key: str, output: StageOutput) -> None:
        """Store a result under its key; an older one is replaced."""
        tables = {name: _to_parquet(rows) for name, rows in output.side_rows.items()}
        if output.rows is not None:
            tables[_MAIN] = _to_parquet(output.rows)
        header = {
            "verdict": dataclasses.asdict(output.verdict),
            "lengths": {name: len(parquet) for name, parquet in tables.items()},
        }
        header_line = json.dumps(header).encode("utf-8")
        rest = b"\n".join([header_line, b"".join(tables.values())])
        digest = hashlib.sha256(rest).hexdigest().encode("ascii")
        write_atomically(self.path(key), digest + b"\n" + rest)


def _to_parquet(rows: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    rows.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def _cut_tables(content: bytes, lengths: Mapping[str, int]) -> dict[str, pl.DataFrame]:
    tables, start = {}, 0
    for name, length in lengths.items():
        tables[name] = rows_from_parquet(content[start : start + length])
        start += length
    return tables
