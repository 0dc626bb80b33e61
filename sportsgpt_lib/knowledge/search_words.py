"""The words of a text for the full-text column, where spaces don't part them.

Passages and questions must be cut by the same rule: both call this module.
"""

import logging
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import cache

_LANGUAGES_WITHOUT_SPACES = frozenset({"zh"})


def build_search_words(text: str, language: str) -> str | None:
    """Build the words of a text, parted by spaces.

    Returns
    -------
    None where the language parts its words by spaces already.

    Notes
    -----
    Long words are given whole and in their parts, so that a search for a part finds
    them. Full-width letters and digits become plain ones (Unicode NFKC).
    """
    if language not in _LANGUAGES_WITHOUT_SPACES:
        return None
    words = _load_segmenter()(unicodedata.normalize("NFKC", text))
    return " ".join(word for word in words if any(map(str.isalnum, word)))


def build_translated_words(
    translations: Mapping[str, Iterable[str]],
) -> str | None:
    """Build the words of all that a passage says in other languages, by language.

    None where it says nothing in another one.
    """
    words = [
        build_search_words(text, language) or text
        for language, texts in translations.items()
        for text in texts
    ]
    return " ".join(words) or None


@cache
def _load_segmenter() -> Callable[[str], Iterable[str]]:
    with warnings.catch_warnings():
        # It asks for pkg_resources, which warns, and does without where that is gone.
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.WARNING)
    segment: Callable[[str], Iterable[str]] = jieba.cut_for_search
    return segment
