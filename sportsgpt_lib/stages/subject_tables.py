"""What a stage is shown of earlier tables: one subject's rows at a time.

Which subjects there are, and what is made of the rows, is decided elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from sportsgpt_lib.stages.contract import Subject
from sportsgpt_lib.storage.lake import StoredRows


@dataclass(frozen=True)
class SubjectTables(Mapping[str, pl.DataFrame]):
    """A subject's rows of earlier tables, read when they are asked for.

    So no more than one subject's rows are there at a time, however many a partition
    holds.
    """

    stored: Mapping[str, StoredRows]
    subject: Subject

    def __getitem__(self, name: str) -> pl.DataFrame:
        """Read a table's rows of the subject."""
        stored = self.stored[name]
        has_recordings = "recording_id" in stored.table.column_names
        identity = "recording_id" if has_recordings else "clip_sha256"
        return stored.read(pl.col(identity) == getattr(self.subject, identity))

    def __iter__(self) -> Iterator[str]:
        """List the tables' names."""
        return iter(self.stored)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self.stored)
