import numpy as np
import pytest

from sportsgpt_lib.knowledge.embedder import MiniLmEmbedder
from sportsgpt_lib.knowledge.retrieval_evidence import EvidencePassage
from sportsgpt_lib.knowledge.retrieval_rerank import (
    CLOSENESS_DEPTH,
    TokenReranker,
    order_by_closeness,
)


def build_passage(name: str, similarity: float | None = 0.5) -> EvidencePassage:
    return EvidencePassage(
        *(name, "book", 0, "text", "Title", f"Text {name}", {}, "Book", "CC0", "high"),
        fused_score=0.1,
        vector_place=1,
        text_place=1,
        similarity=similarity,
    )


def test_words_count_beside_the_cosine_and_nothing_is_lost():
    passages = [build_passage("a", 0.7), build_passage("b", 0.5), build_passage("c")]
    ordered = order_by_closeness(passages, {"b": 0.5, "c": 0.1}, 0.65)
    assert [one.passage_id for one in ordered] == ["b", "a", "c"]
    assert [one.closeness for one in ordered] == pytest.approx([0.825, 0.7, 0.565])
    unknown = order_by_closeness([build_passage("zh", None)], {}, 0.65)
    assert unknown[0].closeness == 0.0


def test_only_the_best_are_ordered_and_the_rest_stays_as_fused():
    passages = [build_passage(str(n), n / 100) for n in range(CLOSENESS_DEPTH + 3)]
    ordered = [one.passage_id for one in order_by_closeness(passages, {}, 0.65)]
    assert ordered[:CLOSENESS_DEPTH] == [
        str(n) for n in reversed(range(CLOSENESS_DEPTH))
    ]
    assert ordered[CLOSENESS_DEPTH:] == [
        one.passage_id for one in passages[CLOSENESS_DEPTH:]
    ]


class LetterTokens:
    """A vector for every letter of a text: equal letters are equal vectors."""

    def embed_tokens(self, texts):
        return [np.eye(128, dtype=np.float32)[[ord(c) for c in t]] for t in texts]


def test_each_token_of_the_question_finds_its_best_match():
    scores = TokenReranker(LetterTokens()).score("abcd", ["dcba", "ab", "xyz", ""])
    np.testing.assert_allclose(scores, [1.0, 0.5, 0.0, 0.0])
    assert TokenReranker(LetterTokens()).score("abcd", []).shape == (0,)
    np.testing.assert_array_equal(TokenReranker(LetterTokens()).score("", ["a"]), [0.0])


def test_the_offline_model_gives_token_vectors_that_know_what_a_text_is_about():
    reranker = TokenReranker(MiniLmEmbedder())
    texts = ["Bend the knees when you land.", "The bank raised its interest rate."]
    first, second = reranker.score("soft landing of a jump", texts)
    assert first > second
