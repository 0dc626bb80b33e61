import numpy as np

from benchmarks.knowledge.kept_vectors import KeptVectorsEmbedder
from tests.knowledge.conftest import WordEmbedder

TEXTS = ["Land softly", "Bend the knees", "Land softly"]


def test_a_text_is_embedded_once_and_the_order_is_kept(tmp_path):
    words = WordEmbedder()
    kept = KeptVectorsEmbedder(words, tmp_path)
    first = kept.embed(TEXTS)
    np.testing.assert_array_equal(first, words.embed(TEXTS))
    words.embedded.clear()
    again = KeptVectorsEmbedder(words, tmp_path).embed([*TEXTS[::-1], "Run fast"])
    assert words.embedded == ["Run fast"]
    np.testing.assert_array_equal(again[:3], first[::-1])
    assert kept.embed([]).shape == (0, words.dimension)


def test_another_revision_has_vectors_of_its_own(tmp_path):
    KeptVectorsEmbedder(WordEmbedder("words@1"), tmp_path).embed(TEXTS)
    other = WordEmbedder("words@2")
    KeptVectorsEmbedder(other, tmp_path).embed(TEXTS)
    assert other.embedded
