"""Writes the titles of passages: the headings above them, within a bound of tokens."""

from collections.abc import Sequence

from sportsgpt_lib.knowledge.embedder_tokens import Tokenizer

_BETWEEN = " › "
# What " (part 12)" takes, so that numbering a title never makes a passage too long.
NUMBERING_TOKENS = 6


class TitleWriter:
    """Writes titles of at most ``most_tokens``; each different one is counted once."""

    def __init__(self, counter: Tokenizer, most_tokens: int) -> None:
        self._counter = counter
        self._most_tokens = most_tokens
        self._known: dict[tuple[str, ...], tuple[str, int]] = {}

    def write_title(self, parts: Sequence[str]) -> tuple[str, int]:
        """Write headings, outermost first, as one line; return it with its tokens.

        Where they are too long the outermost go first, then the end of the innermost.
        """
        key = tuple(" ".join(part.split()) for part in parts)
        if key not in self._known:
            self._known[key] = self._shorten([part for part in key if part])
        return self._known[key]

    def _shorten(self, parts: list[str]) -> tuple[str, int]:
        for first in range(len(parts)):
            title = _BETWEEN.join(parts[first:])
            count = self._counter.count_tokens([title])[0]
            if count <= self._most_tokens:
                return title, count
        return self._cut_end(parts[-1]) if parts else ("", 0)

    def _cut_end(self, title: str) -> tuple[str, int]:
        while True:
            # Shrinking by an eighth reaches any length in few steps.
            title = title[: len(title) * 7 // 8].rstrip()
            count = self._counter.count_tokens([title + "…"])[0]
            if count <= self._most_tokens:
                return title + "…", count


def number_title(title: str, part_no: int, language: str) -> str:
    """Say in a title which part of its table, answer or exercise follows, from 1.

    The number of all parts is left out: it would change every part with the last one.
    """
    return (
        f"{title}（第 {part_no} 部分）"
        if language == "zh"
        else f"{title} (part {part_no})"
    )
