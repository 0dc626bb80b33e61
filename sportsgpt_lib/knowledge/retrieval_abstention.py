"""Says when nothing that was found is close enough to answer a question.

The limits are calibrated on questions with known answers: docs/retrieval.md, "When it
abstains". They belong to the offline model; another one needs its own.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AbstentionRule:
    """When to return nothing.

    With a vector channel: the nearest passage must reach ``least_similarity``, which
    is lowered by ``word_relief`` times the share of the question's words that the best
    passage by words has. Without one, the words alone must reach ``least_word_share``.
    """

    least_similarity: float
    word_relief: float
    least_word_share: float

    def find_reason(
        self, best_similarity: float | None, word_share_ratio: float, language: str
    ) -> str | None:
        """Find the reason to return nothing; None = return what was found.

        Parameters
        ----------
        best_similarity
            Cosine of the nearest passage; None without a vector channel.
        word_share_ratio
            Weighed share of the question's words in the best passage by words.
        language
            That of the question.
        """
        if best_similarity is not None:
            least = self.least_similarity - self.word_relief * word_share_ratio
            if best_similarity >= least:
                return None
            return (
                "no passage is close enough to the question: the nearest has "
                f"similarity {best_similarity:.2f}, {least:.2f} is needed"
            )
        if word_share_ratio >= self.least_word_share:
            return None
        return (
            f"the embedding model does not know the language {language!r}, and no "
            f"passage has enough of the question's words: {word_share_ratio:.0%}, "
            f"{self.least_word_share:.0%} are needed"
        )


DEFAULT_RULE = AbstentionRule(
    least_similarity=0.67, word_relief=0.25, least_word_share=0.3
)
"""Measured: docs/retrieval.md, "When it abstains"."""
