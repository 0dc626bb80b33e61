"""What an ingest did, source by source: what commands and Dagster's page show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sportsgpt_lib.knowledge.embedding_vectors import Coverage
from sportsgpt_lib.knowledge.store import SaveCounts

SourceStep = Literal["made", "kept", "quarantined", "withdrawn"]
STAGES = ("parse", "cut", "compare", "save")


@dataclass(frozen=True)
class SourceOutcome:
    """One source. ``kept`` = nothing it is made from had changed.

    ``passages`` counts held ones too; ``left_out`` are the parts of its file that are
    in the quarantine, ``warnings`` what is used and worth a look; ``seconds`` are by
    stage.
    """

    source_id: str
    collection: str
    step: SourceStep
    passages: int = 0
    links: int = 0
    held: int = 0
    left_out: int = 0
    warnings: int = 0
    saved: SaveCounts = field(default=SaveCounts(0, 0, 0))
    seconds: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class SourcesOutcome:
    """Which collections were read. ``stopped`` are those whose manifest is wrong."""

    source_count: int
    new: int
    withdrawn: int
    cards: int
    answers: int
    publications: int
    stopped: tuple[str, ...]


@dataclass(frozen=True)
class EmbeddingCounts:
    """How many texts and questions were embedded now; the others were known."""

    model: str
    passages: int
    questions: int
    pruned: int
    coverage: Coverage
    recall_ratio: float | None
    is_active: bool
    seconds: Mapping[str, float] = field(default_factory=dict, hash=False)
