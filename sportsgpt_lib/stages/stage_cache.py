"""Results of stages, kept by what decides them, so that nothing is computed twice.

One file per key holds verdict and rows together, so a crash leaves both or neither:
a line with the SHA-256 of all that follows, a line with the verdict as JSON, then the
rows as Parquet. Who builds the key is the runner; a damaged entry is a missing one.
"""

import dataclasses
import hashlib
import io
import json
import logging
import re
from pathlib import Path

import polars as pl
from upath import UPath

from sportsgpt_lib.stages.contract import StageOutput, Verdict
from sportsgpt_lib.storage.atomic_files import write_atomically

_LOGGER = logging.getLogger(__name__)
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
        verdict_line, _, parquet = rest.partition(b"\n")
        verdict = Verdict(**json.loads(verdict_line))
        rows = pl.read_parquet(io.BytesIO(parquet)) if parquet else None
        return StageOutput(rows, verdict)

    def save(self, key: str, output: StageOutput) -> None:
        """Store a result under its key; an older one is replaced."""
        verdict_line = json.dumps(dataclasses.asdict(output.verdict)).encode("utf-8")
        buffer = io.BytesIO()
        if output.rows is not None:
            output.rows.write_parquet(buffer, compression="zstd")
        rest = verdict_line + b"\n" + buffer.getvalue()
        digest = hashlib.sha256(rest).hexdigest().encode("ascii")
        write_atomically(self.path(key), digest + b"\n" + rest)
