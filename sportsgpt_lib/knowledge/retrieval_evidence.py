"""What a search gives back: passages, where else they stand, and why there are none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sportsgpt_lib.knowledge.embedding_models import EmbeddingModel
from sportsgpt_lib.knowledge.postgres import KnowledgeConnection, Row, fetch_rows
from sportsgpt_lib.knowledge.retrieval_fusion import FusedPlace

# In the order of sql/knowledge/retrieve_passages.sql; the copies come last.
_COLUMNS = (
    *("passage_id", "source_id", "chunk_no", "kind", "title", "text", "payload"),
    *("source_title", "licence", "trust_level", "similarity", "collection"),
    *("language", "section_path", "page_first", "page_last"),
)


@dataclass(frozen=True)
class CopyPlace:
    """Another source that says nearly the same.

    ``similarity_ratio`` is the share of common word sequences; 1 = the same words.
    """

    source_id: str
    source_title: str
    page_first: int | None
    page_last: int | None
    similarity_ratio: float


@dataclass(frozen=True)
class EvidencePassage:
    """A passage as retrieved.

    A ``place`` of None = not among that channel's best. ``similarity`` is the cosine
    between question and passage; None where the model does not know the language of one
    of them. ``closeness`` is that plus what the question's words in it count; None =
    not ordered by it. ``rerank_score`` None = not re-ranked. ``also_in`` are other
    sources that say the same; their copies are not passages of their own.
    """

    passage_id: str
    source_id: str
    chunk_no: int
    kind: str
    title: str
    text: str
    payload: Mapping[str, Any] = field(hash=False)
    source_title: str
    licence: str
    trust_level: str
    fused_score: float
    vector_place: int | None
    text_place: int | None
    similarity: float | None
    collection: str = ""
    language: str = "en"
    section_path: tuple[str, ...] = ()
    page_first: int | None = None
    page_last: int | None = None
    also_in: tuple[CopyPlace, ...] = ()
    rerank_score: float | None = None
    closeness: float | None = None


@dataclass(frozen=True)
class SearchResult:
    """Passages, best first, or the reason why there are none.

    ``best_similarity`` is the cosine of the nearest passage, returned or not; None
    without a vector channel. ``word_share_ratio`` is the largest share of the
    question's words, weighed by how rare they are, in a passage of the text channel.
    """

    passages: tuple[EvidencePassage, ...]
    abstained_reason: str | None
    language: str
    best_similarity: float | None
    word_share_ratio: float


def load_evidence(
    connection: KnowledgeConnection,
    model: EmbeddingModel,
    fused: Sequence[FusedPlace],
    embedding: object | None,
) -> tuple[EvidencePassage, ...]:
    """Load passages in the order of their places; ``embedding`` is the question's."""
    rows = fetch_rows(
        connection,
        "retrieve_passages",
        [place.passage_id for place in fused],
        embedding,
        vectors=model.vectors,
    )
    by_id = {row[0]: row for row in rows}
    return tuple(
        _build_passage(by_id[place.passage_id], place)
        for place in fused
        if place.passage_id in by_id
    )


def keep_cards_together(
    passages: Sequence[EvidencePassage],
) -> tuple[EvidencePassage, ...]:
    """Put what a card says on the fault and what to do about it behind one another.

    Each card stands where its better passage stood.
    """
    places: dict[tuple[str, str], int] = {}
    for place, passage in enumerate(passages):
        places.setdefault(_name_card(passage), place)
    return tuple(sorted(passages, key=lambda passage: places[_name_card(passage)]))


def _name_card(passage: EvidencePassage) -> tuple[str, str]:
    return passage.source_id, str(passage.payload.get("card", passage.passage_id))


def _build_passage(row: Row, place: FusedPlace) -> EvidencePassage:
    *columns, copies = row
    stored = dict(zip(_COLUMNS, columns, strict=True))
    stored["section_path"] = tuple(stored["section_path"])
    return EvidencePassage(
        **stored,
        fused_score=place.score,
        vector_place=place.vector_place,
        text_place=place.text_place,
        also_in=tuple(CopyPlace(*copy) for copy in copies or ()),
    )
