"""How large a passage may be, in tokens of the model that will embed it.

The tokenizer itself is in ``sportsgpt_lib/knowledge/embedder_tokens.py``.
"""

from dataclasses import dataclass

STOP_TOKENS = 1
"""The full stop between title and text."""

# [CLS] and [SEP] of a BERT model.
_SPECIAL_TOKENS = 2
# kb_ingest/assets.py refuses longer passages; tokens alone do not bound them, because
# WordPiece reads a word of more than 100 characters as a single token.
MOST_CHARACTERS = 4000


@dataclass(frozen=True)
class ChunkSizes:
    """Sizes of passages in tokens.

    ``least_ratio`` of the room is filled before a cut is looked for;
    ``overlap_tokens`` of whole sentences are repeated from the passage before.
    """

    most_tokens: int
    least_ratio: float = 0.5
    overlap_tokens: int = 0

    @property
    def title_tokens(self) -> int:
        """Tokens that a title may take; more is cut from its outer end."""
        return self.most_tokens // 4

    def compute_room(self, title_tokens: int) -> int:
        """Compute the tokens left for the text under a title."""
        return self.most_tokens - _SPECIAL_TOKENS - STOP_TOKENS - title_tokens


def compute_cost_tokens(text: str, token_count: int, room_tokens: int) -> int:
    """Compute what a piece takes of the room: its tokens, or more where it is long."""
    return max(token_count, -(-len(text) * room_tokens // MOST_CHARACTERS))
