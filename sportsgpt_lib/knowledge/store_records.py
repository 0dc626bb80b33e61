"""What the knowledge base tells of itself: rows as its store gives them back.

They are read in ``store.py``; a source with its counts is in ``store_ingests.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CitingReport:
    """A past report that cites a source, and the passages it cites."""

    team_id: str
    session_day: date
    athlete_id: str
    report_id: str
    passage_ids: Sequence[str]


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal touches: past reports, and sources to be ingested again.

    A source that shared a passage with the withdrawn one held only a link to it.
    """

    reports: tuple[CitingReport, ...]
    due_sources: tuple[str, ...]


@dataclass(frozen=True)
class HeldPassage:
    """A passage that a person must read and release before it is retrieved."""

    passage_id: str
    source_id: str
    page_first: int | None
    title: str
    text: str
    reasons: Sequence[str]


@dataclass(frozen=True)
class PassageText:
    """What a search for near duplicates needs of a passage in use."""

    passage_id: str
    source_id: str
    chunk_no: int
    kind: str
    title: str
    text: str
    page_first: int | None
    page_last: int | None
    trust_level: str
