"""How reasons read in another language: why a number is limited, why there is none.

Reasons are made in English where they arise, and stored so; their Chinese words are in
``reasons_zh.toml``. A part that has none stays in English and is marked.
"""

import functools
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sportsgpt_lib.language import ENGLISH_ONLY_MARK, Language
from sportsgpt_lib.sports.number_format import CHINESE_UNIT_WORDS, UNIT_WORDS
from sportsgpt_lib.sports.translations import load_words

REASONS_PATH = Path(__file__).with_name("reasons_zh.toml")
_PLACE = re.compile(r"\\{((?:[a-z]+)(?:_\d+)?)\\}")
_AMOUNT = re.compile(r"(?P<number>[\d.,\N{MINUS SIGN} ±]*\d) ?(?P<unit>[^\d]*)")
_SIDES = {"left": "左侧", "right": "右侧", "both": "双侧"}
_OTHER_LEG = " of the other leg"

Words = Mapping[str, str]


@dataclass(frozen=True)
class _Pattern:
    """A reason with places: how it is known again, and how it reads in Chinese."""

    english: re.Pattern[str]
    chinese: str


@dataclass(frozen=True)
class _ReasonWords:
    """The content of ``reasons_zh.toml``."""

    codes: Words
    views: Words
    quantities: Words
    sentences: Words
    patterns: tuple[_Pattern, ...]


def word_reason(reason: str, movement: str, language: Language) -> str:
    """Write the reason of an indicator's validity in a language.

    Parameters
    ----------
    reason
        As ``training.kismam_metrics`` holds it: parts joined by semicolons.
    movement, language
        The movement whose keyframes it may name, and the language to write in.

    Returns
    -------
    The reason; a part without words in the language stays English, behind a mark.

    Examples
    --------
    >>> word_reason("the camera view is frontal", "squat", "zh")
    '拍摄方向为正面'
    """
    if language == "en":
        return reason
    return _word_parts(reason, _read_keyframes(movement))


def word_reason_code(reason_code: str, language: Language) -> str:
    """Write the stable word of a verdict in a language.

    Examples
    --------
    >>> word_reason_code("too_dark", "en"), word_reason_code("too_dark", "zh")
    ('too dark', '画面过暗')
    """
    words = reason_code.replace("_", " ")
    if language == "en":
        return words
    return _load_reason_words().codes.get(reason_code, f"{ENGLISH_ONLY_MARK}{words}")


@functools.cache
def _load_reason_words() -> _ReasonWords:
    """Load the Chinese words of reasons; read once per process."""
    content = tomllib.loads(REASONS_PATH.read_text(encoding="utf-8"))
    return _ReasonWords(
        content["codes"],
        content["views"],
        content["quantities"],
        content["sentences"],
        tuple(_build_pattern(entry) for entry in content["patterns"]),
    )


def _word_parts(reason: str, keyframes: Words) -> str:
    """Word a reason as a whole, or, where it has no words, part by part."""
    whole = _word_one(reason, keyframes)
    if whole is not None:
        return whole
    first, semicolon, rest = reason.partition("; ")
    if not semicolon:
        return f"{ENGLISH_ONLY_MARK}{reason}"
    return f"{_word_parts(first, keyframes)}；{_word_parts(rest, keyframes)}"


def _word_one(reason: str, keyframes: Words) -> str | None:
    words = _load_reason_words()
    if reason in words.sentences:
        return words.sentences[reason]
    for pattern in words.patterns:
        found = pattern.english.fullmatch(reason)
        if found is None:
            continue
        filled = {
            place: _fill(place, text, keyframes)
            for place, text in found.groupdict().items()
        }
        if None not in filled.values():
            return pattern.chinese.format(**filled)
    return None


def _fill(place: str, text: str, keyframes: Words) -> str | None:
    """Word what stands in a place, by the place's kind; None = it has no words."""
    kind = place.partition("_")[0]
    return _WRITERS[kind](text, keyframes)


def _word_amount(text: str, _: Words) -> str | None:
    """Word a number with its unit; both are as ``number_format`` writes them."""
    found = _AMOUNT.fullmatch(text)
    if found is None or found["unit"] not in _CHINESE_UNITS:
        return None
    return f"{found['number']} {_CHINESE_UNITS[found['unit']]}".strip()


def _word_keyframe(text: str, keyframes: Words) -> str | None:
    own = keyframes.get(text.removesuffix(_OTHER_LEG))
    return f"另一条腿的{own}" if own and text.endswith(_OTHER_LEG) else own


def _word_quantity(text: str, _: Words) -> str | None:
    side, _space, rest = text.partition(" ")
    known = _load_reason_words().quantities
    if side in _SIDES:
        return f"{_SIDES[side]}{known[rest]}" if rest in known else None
    return known.get(text)


def _word_view(text: str, _: Words) -> str | None:
    return _load_reason_words().views.get(text)


def _word_list(
    write: Callable[[str, Words], str | None],
) -> Callable[[str, Words], str | None]:
    """Word each of a list of names; none where one of them has no words."""

    def write_all(text: str, keyframes: Words) -> str | None:
        written = [write(part, keyframes) for part in text.split(", ")]
        known = [part for part in written if part is not None]
        return "、".join(known) if len(known) == len(written) else None

    return write_all


def _word_reason(text: str, keyframes: Words) -> str | None:
    return _word_one(text, keyframes)


def _copy_number(text: str, _: Words) -> str | None:
    return text if re.fullmatch(r"[\d.]+%?", text) else None


_CHINESE_UNITS = {words: CHINESE_UNIT_WORDS[unit] for unit, words in UNIT_WORDS.items()}
_WRITERS: dict[str, Callable[[str, Words], str | None]] = {
    "amount": _word_amount,
    "keyframe": _word_keyframe,
    "keyframes": _word_list(_word_keyframe),
    "number": _copy_number,
    "quantities": _word_list(_word_quantity),
    "reason": _word_reason,
    "view": _word_view,
    "views": _word_list(_word_view),
}


def _build_pattern(entry: Mapping[str, Any]) -> _Pattern:
    escaped = re.escape(entry["english"])
    return _Pattern(
        re.compile(_PLACE.sub(lambda place: f"(?P<{place[1]}>.+)", escaped)),
        entry["chinese"],
    )


@functools.cache
def _read_keyframes(movement: str) -> Words:
    """Read the Chinese names of keyframes by those that reasons use."""
    english, chinese = load_words(movement, "en"), load_words(movement, "zh")
    return {
        title[:1].lower() + title[1:]: chinese.keyframe(name)
        for name, title in english.keyframes.items()
    }
