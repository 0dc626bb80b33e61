"""Whether a sentence that rests on facts alone says more than facts can bear out.

A measurement knows no cause and gives no advice: such a sentence may name what it
cites and speak of measuring, and nothing else. Sentences that cite passages are judged
in ``support.py``.
"""

import functools
import re
from collections.abc import Iterable

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.numbers import find_numbers, normalise_text
from sportsgpt_lib.guidance.verification.cited_facts import CitedFacts
from sportsgpt_lib.guidance.verification.lexicon import (
    list_report_words,
    load_lexicon,
    stem,
)
from sportsgpt_lib.guidance.verification.verdicts import Fault
from sportsgpt_lib.language import Language

# Chosen on one half of the benchmark's cases: a paraphrase has a word of its own now
# and then, an invented statement several.
_MOST_UNKNOWN_WORDS = 1
_MOST_UNKNOWN_LETTERS = 2
_MOST_UNKNOWN_SHARE = 0.12

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PIECES = re.compile(r"[^\u4e00-\u9fff]+")
_NO_HABIT = re.compile(r"no habit|not? (?:a )?habit|不是习惯", re.IGNORECASE)


def find_subject_fault(
    said: str, cited: CitedFacts, case: GuidanceCase
) -> Fault | None:
    """Find the name of an indicator or issue that is not what the sentence cites.

    ``said`` is the sentence without the names of what it cites (``blank_names``).
    """
    rest = said.lower()
    for fact in case.facts.values():
        if fact.kind in ("metric", "median") and _normalise(fact.label) in rest:
            return Fault("subject", f"it names {fact.label!r}, which it does not cite")
    for part in case.not_judged:
        if part.recording_id is None and _normalise(part.what) in rest:
            return Fault("unmeasured", f"{part.what!r} could not be judged")
    others = {issue.issue_name for issue in case.issues}
    if not (_NO_HABIT.search(said) and not cited.issues):
        others |= {issue.issue_name for issue in case.absent}
    for name in sorted(others):
        if _normalise(name) in rest:
            return Fault("subject", f"it names {name!r}, which it does not cite")
    return None


def find_word_fault(
    said: str, names: Iterable[str], language: Language
) -> Fault | None:
    """Find words that no measurement bears out, such as a cause or advice.

    Parameters
    ----------
    said
        The sentence without the names of what it cites.
    names, language
        Those names, and the language of the sentence.
    """
    rest = said.lower()
    for number in reversed(find_numbers(rest)):
        rest = f"{rest[: number.start]} {rest[number.end :]}"
    find = _find_in_english if language == "en" else _find_in_chinese
    return find(rest, names)


def list_own_names(cited: CitedFacts, case: GuidanceCase) -> list[str]:
    """List the names, in lower case, that a sentence on cited facts may use.

    Issues that no repetition showed may be named where no finding is cited.
    """
    names = [fact.label for fact in cited.facts]
    names += [fact.reason for fact in cited.facts if fact.reason]
    names += [issue.issue_name for issue in cited.issues]
    for movement in {fact.movement for fact in cited.facts}:
        names += [case.name_movement(movement), movement.replace("_", " ")]
    if not cited.issues:
        names += [issue.issue_name for issue in case.absent]
    written = {spelling for name in names for spelling in _list_spellings(name)}
    return sorted(written, key=len, reverse=True)


def blank_names(text: str, names: Iterable[str]) -> str:
    """Blank out names in a sentence; every other letter keeps its place."""
    plain = normalise_text(text)
    lowered = plain.lower()
    if len(lowered) != len(plain):
        return plain
    for name in names:
        while name and (start := lowered.find(name)) >= 0:
            blank = " " * len(name)
            lowered = lowered[:start] + blank + lowered[start + len(name) :]
            plain = plain[:start] + blank + plain[start + len(name) :]
    return plain


@functools.lru_cache(maxsize=8192)
def _normalise(name: str) -> str:
    return normalise_text(name).lower().rstrip(".。")


@functools.lru_cache(maxsize=8192)
def _list_spellings(name: str) -> tuple[str, ...]:
    """Spell a name; inside a sentence "Sprint: top speed" is "sprint (top speed)"."""
    plain = _normalise(name)
    head, colon, rest = plain.partition(": ")
    return (plain, f"{head} ({rest})") if colon else (plain,)


def _find_in_english(rest: str, names: Iterable[str]) -> Fault | None:
    lexicon = load_lexicon("en")
    own = _list_stems(tuple(names))
    words = [stem(word) for word in _WORD.findall(rest)]
    written = _list_catalogue_stems()
    for word in words:
        if word in lexicon.claims and word not in own and word not in written:
            return Fault("words", f"no measurement bears out {word!r}…")
    known = _list_known_stems()
    unknown = [word for word in words if word not in known and word not in own]
    strange = [word for word in unknown if word in lexicon.domain]
    if strange:
        return Fault("words", f"it speaks of {strange[0]!r}…, which no cited fact does")
    content = [word for word in words if word not in lexicon.stop]
    if len(unknown) > _MOST_UNKNOWN_WORDS or len(unknown) > max(
        1.0, _MOST_UNKNOWN_SHARE * len(content)
    ):
        listed = ", ".join(f"{word}…" for word in unknown[:4])
        return Fault("words", f"no cited fact bears out these words: {listed}")
    return None


def _find_in_chinese(rest: str, names: Iterable[str]) -> Fault | None:
    lexicon = load_lexicon("zh")
    own = "".join(names)
    for word in _list_chinese_claims():
        if word in rest and word not in own:
            return Fault("words", f"no measurement bears out {word!r}")
    total = len(_HAN.findall(rest))
    left = _drop_known_chinese(" ".join(rest.split()))
    strange = [word for word in lexicon.domain if word in left and word not in own]
    if strange:
        return Fault("words", f"it speaks of {strange[0]!r}, which no cited fact does")
    letters = [letter for letter in _HAN.findall(left) if letter not in own]
    if len(letters) > max(_MOST_UNKNOWN_LETTERS, _MOST_UNKNOWN_SHARE * total):
        return Fault(
            "words", f"no cited fact bears out these words: {''.join(letters)}"
        )
    return None


@functools.lru_cache(maxsize=8192)
def _drop_known_chinese(text: str) -> str:
    for word in _list_known_chinese():
        text = text.replace(word, " ")
    return text


@functools.cache
def _list_chinese_claims() -> tuple[str, ...]:
    return tuple(sorted(load_lexicon("zh").claims, key=len, reverse=True))


@functools.lru_cache(maxsize=8192)
def _list_stems(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(stem(word) for name in names for word in _WORD.findall(name))


@functools.cache
def _list_known_stems() -> frozenset[str]:
    lexicon = load_lexicon("en")
    return lexicon.stop | lexicon.reporting | _list_catalogue_stems()


@functools.cache
def _list_catalogue_stems() -> frozenset[str]:
    texts = " ".join(list_report_words("en")).lower()
    return frozenset(stem(word) for word in _WORD.findall(texts))


@functools.cache
def _list_known_chinese() -> tuple[str, ...]:
    lexicon = load_lexicon("zh")
    pieces = {
        piece
        for text in list_report_words("zh")
        for piece in _PIECES.split(text)
        if piece
    }
    known = pieces | lexicon.reporting | lexicon.stop
    return tuple(sorted(known, key=lambda word: (-len(word), word)))
