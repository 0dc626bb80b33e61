"""A search by words alone, in memory: what a free-text question finds without findings.

The platform's own search, with embeddings and filters, is in ``knowledge/retrieval*``.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

# The usual constants of BM25; see the source below.
_SATURATION = 1.2
_LENGTH_SHARE = 0.75
# Words are compared by their beginning, so that "bends" finds "bend".
_STEM_LETTERS = 5
_WORD = re.compile(r"[a-z]{3,}")


class WordIndex:
    """Ranks English texts by the words that they share with a question.

    Source
    ------
    Robertson S, Zaragoza H (2009) The probabilistic relevance framework: BM25 and
    beyond. Foundations and Trends in Information Retrieval 3(4):333-389,
    doi:10.1561/1500000019.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._counts = [Counter(_find_stems(text)) for text in texts]
        lengths = [counts.total() for counts in self._counts]
        self._mean_length = sum(lengths) / max(len(lengths), 1) or 1.0
        self._shown_in = Counter(stem for counts in self._counts for stem in counts)

    def rank(self, question: str) -> list[int]:
        """Rank the texts that share a word with the question, the best first."""
        stems = set(_find_stems(question))
        scores = [self._score(counts, stems) for counts in self._counts]
        found = [place for place, score in enumerate(scores) if score > 0.0]
        return sorted(found, key=lambda place: (-scores[place], place))

    def _score(self, counts: Counter[str], stems: set[str]) -> float:
        length_share = counts.total() / self._mean_length
        weight = _SATURATION * (1.0 - _LENGTH_SHARE + _LENGTH_SHARE * length_share)
        return sum(
            self._compute_rarity(stem)
            * counts[stem]
            * (_SATURATION + 1.0)
            / (counts[stem] + weight)
            for stem in sorted(stems & counts.keys())
        )

    def _compute_rarity(self, stem: str) -> float:
        shown = self._shown_in[stem]
        return math.log1p((len(self._counts) - shown + 0.5) / (shown + 0.5))


def _find_stems(text: str) -> list[str]:
    return [word[:_STEM_LETTERS] for word in _WORD.findall(text.lower())]
