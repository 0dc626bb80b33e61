"""Says when nothing that was found is close enough to answer a question.

How close is close belongs to the embedding model: the offline model's limits are here,
another model's are fitted by ``calibration.py`` and kept with it. Measured in
docs/retrieval.md, "When it abstains".
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sportsgpt_lib.knowledge.embedder import MINILM_NAME


@dataclass(frozen=True)
class AbstentionRule:
    """When to return nothing.

    With a vector channel: the nearest passage must reach ``least_similarity``, which
    is lowered by ``word_relief`` times the largest share of the question's words in one
    passage. None = how close is close is not known of the model. Without a vector
    channel, or where it is not known, the words alone must reach ``least_word_share``.
    """

    least_similarity: float | None
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
            Largest weighed share of the question's words in one passage.
        language
            That of the question.
        """
        if best_similarity is not None and self.least_similarity is not None:
            least = self.least_similarity - self.word_relief * word_share_ratio
            if best_similarity >= least:
                return None
            return (
                "no passage is close enough to the question: the nearest has "
                f"similarity {best_similarity:.2f}, {least:.2f} is needed"
            )
        if word_share_ratio >= self.least_word_share:
            return None
        why = (
            f"the embedding model does not know the language {language!r}"
            if best_similarity is None
            else "how close is close was not fitted for this embedding model "
            "(sportsgpt kb calibrate)"
        )
        return (
            f"{why}, and no passage has enough of the question's words: "
            f"{word_share_ratio:.0%}, {self.least_word_share:.0%} are needed"
        )

    @property
    def knows_closeness(self) -> bool:
        """Whether words and cosines of the model can be weighed against each other."""
        return self.least_similarity is not None

    def to_json(self) -> dict[str, float | None]:
        """Write it as JSON data."""
        return asdict(self)


def read_rule(kept: Mapping[str, Any] | None) -> AbstentionRule | None:
    """Read a rule from its JSON data; None where none was kept."""
    return None if kept is None else AbstentionRule(**kept)


DEFAULT_RULE = AbstentionRule(
    least_similarity=1.01, word_relief=0.8, least_word_share=0.45
)
"""The offline model's. Measured: docs/retrieval.md, "When it abstains"; the least share
of words, which only Chinese questions meet, in "Chinese"."""

UNFITTED_RULE = AbstentionRule(
    least_similarity=None, word_relief=0.0, least_word_share=0.5
)
"""Of a model whose limits were never fitted: words alone decide. Measured there too."""

_RULES = {MINILM_NAME: DEFAULT_RULE}


def choose_rule(model_name: str, fitted: AbstentionRule | None) -> AbstentionRule:
    """Choose the rule of a model: the fitted one, else the one it came with."""
    return fitted or _RULES.get(model_name) or UNFITTED_RULE
