"""What could not be ingested, and how to correct it: ``knowledge.quarantine``.

What is wrong with a file is found in ``kb_ingest``; here it is kept and listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sportsgpt_lib.knowledge.postgres import (
    change_rows,
    fetch_rows,
    open_knowledge_base,
)


@dataclass(frozen=True)
class QuarantineFinding:
    """One thing wrong in a file. ``owner`` None = nobody was named to correct it."""

    place: str
    finding: str
    fix: str
    owner: str | None = None


@dataclass(frozen=True)
class OpenFinding:
    """A finding that still stands, with its file and when it was seen."""

    collection: str
    file_name: str
    place: str
    finding: str
    fix: str
    owner: str | None
    first_seen: datetime
    last_seen: datetime


def record_findings(
    url: str,
    collection: str,
    file_name: str,
    findings: Sequence[QuarantineFinding],
    *,
    place: str | None = None,
) -> int:
    """Record all that is wrong in a file now; how many earlier findings are solved.

    No findings: all earlier ones of the file are solved; with a ``place``, those in
    that place.
    """
    with open_knowledge_base(url) as connection:
        for found in findings:
            change_rows(
                connection,
                "quarantine_finding",
                collection,
                file_name,
                found.place,
                found.finding,
                found.fix,
                found.owner,
            )
        return change_rows(connection, "resolve_findings", collection, file_name, place)


def list_open_findings(
    url: str, collection: str | None = None
) -> tuple[OpenFinding, ...]:
    """List the findings still open, of one collection or of all."""
    with open_knowledge_base(url) as connection:
        rows = fetch_rows(connection, "list_quarantine", collection)
    return tuple(OpenFinding(*row) for row in rows)
