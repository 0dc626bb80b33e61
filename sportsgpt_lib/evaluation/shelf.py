"""A folder of knowledge served from memory, so that an evaluation needs no database.

Passages are those that the knowledge base would hold. How well a database finds them is
measured in ``benchmarks/knowledge``.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from sportsgpt_lib.evaluation.word_search import WordIndex
from sportsgpt_lib.knowledge.collection import load_collection
from sportsgpt_lib.knowledge.passages import Passage, build_passages
from sportsgpt_lib.knowledge.retrieval import DEFAULT_WANTED, EvidencePassage
from sportsgpt_lib.knowledge.retrieval_evidence import keep_cards_together
from sportsgpt_lib.knowledge.sources import Source

# All that a passage on the shelf is found by is its movement and its issue.
_EQUAL_SCORE = 1.0


class Shelf:
    """Serves passages without a database: a ``Retriever``.

    By movement and issue, in the order of the files; or, with ``questions``, by words.

    Parameters
    ----------
    passages
        What the shelf holds, each as it is retrieved.
    questions
        What is asked in words for each movement and issue, in place of the platform's
        question. The passages nearest to it are then served, whatever their issue.
    """

    def __init__(
        self,
        passages: Iterable[tuple[Passage, EvidencePassage]],
        questions: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self._passages = tuple(passages)
        self._questions = questions

    def leave_out(self, issues: Iterable[str]) -> "Shelf":
        """Build a shelf that holds nothing on these issues."""
        missing = frozenset(issues)
        return Shelf(
            part for part in self._passages if missing.isdisjoint(part[0].issues)
        )

    def ask_in_words(self, questions: Mapping[tuple[str, str], str]) -> "Shelf":
        """Build the same shelf, asked by free text: that of the ablation."""
        return Shelf(self._passages, questions)

    @property
    def embedding_model(self) -> str:
        """Nothing is embedded."""
        return "none"

    def compute_knowledge_version(self) -> str:
        """Compute a SHA-256 over the ids of all passages."""
        ids = "\n".join(evidence.passage_id for _, evidence in self._passages)
        return hashlib.sha256(ids.encode()).hexdigest()

    def list_passages_of(self, movement: str | None) -> tuple[EvidencePassage, ...]:
        """List the passages on a movement, whatever their issue; None = all."""
        return tuple(
            evidence
            for passage, evidence in self._passages
            if movement is None or movement in passage.movements
        )

    def retrieve(
        self,
        question: str,
        *,
        movement: str | None = None,
        issue: str | None = None,
        wanted: int = DEFAULT_WANTED,
    ) -> tuple[EvidencePassage, ...]:
        """Give passages; ``question`` counts only where none is named for the issue."""
        if self._questions is not None:
            asked = self._questions.get((movement or "", issue or ""), question)
            return self._search(asked, movement, wanted)
        found = (
            evidence
            for passage, evidence in self._passages
            if (movement is None or movement in passage.movements)
            and (issue is None or issue in passage.issues)
        )
        return tuple(found)[:wanted]

    def _search(
        self, question: str, movement: str | None, wanted: int
    ) -> tuple[EvidencePassage, ...]:
        passages = self.list_passages_of(movement)
        index = WordIndex([f"{part.title}. {part.text}" for part in passages])
        nearest = [passages[place] for place in index.rank(question)[:wanted]]
        return keep_cards_together(nearest)


def load_shelf(folder: Path) -> Shelf:
    """Load a folder of knowledge, with its manifest.

    Raises
    ------
    KnowledgeError
        Anything in the folder breaks its schema.
    """
    collection = load_collection(folder)
    return Shelf(
        (passage, _to_evidence(passage, source))
        for source in collection.sources
        if source.withdrawn_reason is None
        for passage in build_passages(collection, source)
    )


def _to_evidence(passage: Passage, source: Source) -> EvidencePassage:
    return EvidencePassage(
        passage_id=passage.passage_id,
        source_id=passage.source_id,
        chunk_no=passage.chunk_no,
        kind=passage.kind,
        title=passage.title,
        text=passage.text,
        payload=passage.payload,
        source_title=source.title,
        licence=source.licence,
        trust_level=source.trust_level,
        fused_score=_EQUAL_SCORE,
        vector_place=None,
        text_place=None,
        similarity=None,
        language=passage.language,
    )
