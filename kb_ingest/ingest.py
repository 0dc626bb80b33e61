"""The steps of an ingest, on plain objects; a second one does only what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sportsgpt_lib.knowledge.card_lint import validate_cards
from sportsgpt_lib.knowledge.collection import Collection, load_collection
from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.passages import Passage, build_passages
from sportsgpt_lib.knowledge.retrieval import build_issue_question
from sportsgpt_lib.knowledge.store import KnowledgeStore, SaveCounts
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement, movement_names

STARTER_COLLECTION = "starter"


@dataclass(frozen=True)
class EmbeddingCounts:
    """How many passages and questions were embedded now; the others were known."""

    passages: int
    questions: int


def load_checked_collection(folder: Path) -> Collection:
    """Load a folder of knowledge and check it against all movements.

    Raises
    ------
    KnowledgeError
        Anything in it is wrong; all problems of the folder at once.
    """
    collection = load_collection(folder)
    validate_cards(collection, _load_movements())
    return collection


def build_current_passages(collection: Collection) -> dict[str, tuple[Passage, ...]]:
    """Build the passages of every source that is not withdrawn, by source id."""
    return {
        source.id: build_passages(collection, source)
        for source in collection.sources
        if source.withdrawn_reason is None
    }


def save_passages(
    store: KnowledgeStore, passages: Mapping[str, Sequence[Passage]]
) -> SaveCounts:
    """Save the passages of each source and add up what that did."""
    counts = [
        store.save_passages(source_id, part) for source_id, part in passages.items()
    ]
    return SaveCounts(
        new=sum(count.new for count in counts),
        unchanged=sum(count.unchanged for count in counts),
        superseded=sum(count.superseded for count in counts),
    )


def embed_missing(store: KnowledgeStore, embedder: Embedder) -> EmbeddingCounts:
    """Embed the passages and the movements' questions that are not embedded yet.

    The questions of all issues are embedded here, so that a training run never loads
    the network for them.
    """
    model = embedder.model_name
    texts = store.load_texts_without_embedding(model)
    questions = store.find_unknown_questions(model, list_questions())
    if not texts and not questions:
        return EmbeddingCounts(0, 0)
    vectors = embedder.embed([*texts.values(), *questions])
    store.save_embeddings(model, dict(zip(texts, vectors, strict=False)))
    asked = vectors[len(texts) :]
    store.save_questions(model, dict(zip(questions, asked, strict=True)))
    return EmbeddingCounts(len(texts), len(questions))


def list_questions() -> list[str]:
    """List the questions that findings of any movement can ask, each once.

    Two movements may share a fault, and so its question.
    """
    return list(
        dict.fromkeys(
            build_issue_question(issue)
            for movement in _load_movements()
            for issue in movement.issues
        )
    )


def _load_movements() -> list[Movement]:
    return [load_movement(name) for name in movement_names()]
