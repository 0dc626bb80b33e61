"""What the name of a clip tells, by the pattern that a manifest gives.

A pattern such as ``{athlete}_{movement}_{view}_{take}`` is laid over the name without
its suffix; every placeholder must meet a word that is known. Since movements and
cameras may hold underscores themselves, all ways of fitting are tried, and two are no
fit.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Literal

Placeholder = Literal["athlete", "movement", "view", "camera", "take"]
PLACEHOLDERS: tuple[Placeholder, ...] = (
    "athlete",
    "movement",
    "view",
    "camera",
    "take",
)
_PART = re.compile(r"\{([^{}]*)\}|([^{}]+)")
_SEPARATOR = re.compile(r"[\w .,+@#=()/-]+")
_TAKE = re.compile(r"[^\W_]+")
# Chosen: as difflib.get_close_matches has it.
_NEAR_RATIO = 0.6


@dataclass(frozen=True)
class PatternPart:
    """A placeholder by its name, or the text between two."""

    text: str
    is_placeholder: bool


@dataclass(frozen=True)
class NameFacts:
    """What a name tells; None where the pattern does not ask for it."""

    athlete: str | None = None
    movement: str | None = None
    view: str | None = None
    camera: str | None = None
    take: str | None = None


@dataclass(frozen=True)
class NameMisfit:
    """Why a name does not fit the pattern, in words."""

    found: str
    allowed: str


@dataclass(frozen=True)
class NameRule:
    """A pattern, and the words that each of its placeholders may stand for.

    ``words`` has no entry for ``take``, which may be any letters and digits.
    """

    pattern: str
    words: Mapping[str, tuple[str, ...]]

    def tells(self, placeholder: Placeholder) -> bool:
        """Whether names of this pattern say it."""
        return f"{{{placeholder}}}" in self.pattern


def parse_pattern(pattern: str) -> tuple[PatternPart, ...]:
    """Split a pattern into its placeholders and the text between them.

    Raises
    ------
    ValueError
        A placeholder is unknown or there twice, two stand side by side, there is none,
        a brace is left over, or the text between holds other than letters, digits,
        spaces and ``_-.,+@#=()/``.
    """
    parts = [
        PatternPart(match[1] or match[2], match[2] is None)
        for match in _PART.finditer(pattern)
    ]
    written = "".join(f"{{{p.text}}}" if p.is_placeholder else p.text for p in parts)
    names = [part.text for part in parts if part.is_placeholder]
    allowed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    if written != pattern:
        raise ValueError("a brace is left over, or a placeholder has no name")
    if not names:
        raise ValueError(f"no placeholder; there are {allowed}")
    if strange := [name for name in names if name not in PLACEHOLDERS]:
        near = difflib.get_close_matches(strange[0], PLACEHOLDERS, n=1)
        hint = f" (did you mean {{{near[0]}}}?)" if near else ""
        raise ValueError(f"{{{strange[0]}}} is none of {allowed}{hint}")
    if len(set(names)) < len(names):
        raise ValueError("a placeholder may be there only once")
    for first, second in pairwise(parts):
        if first.is_placeholder and second.is_placeholder:
            raise ValueError(
                f"{{{first.text}}} and {{{second.text}}} need a separator between "
                "them, such as _"
            )
    if not all(p.is_placeholder or _SEPARATOR.fullmatch(p.text) for p in parts):
        raise ValueError(
            "between placeholders may stand only letters, digits, spaces and "
            "_-.,+@#=()/"
        )
    return tuple(parts)


def read_name(file: str, rule: NameRule) -> NameFacts | NameMisfit:
    """Read what a clip's name tells.

    Parameters
    ----------
    file
        Path inside the session folder. Only as many of its folders count as the pattern
        has slashes; capital letters do not matter.
    rule
        The pattern and the words that are known.

    Examples
    --------
    >>> rule = NameRule(
    ...     "{athlete}_{movement}_{take}",
    ...     {"athlete": ("runner-07",), "movement": ("drop_landing",)},
    ... )
    >>> read_name("day/Runner-07_drop_landing_02.MP4", rule).movement
    'drop_landing'
    """
    depth = rule.pattern.count("/") + 1
    path = PurePosixPath(unicodedata.normalize("NFC", file))
    text = "/".join(path.with_suffix("").parts[-depth:])
    search = _Search(text, rule)
    found = list(search.fit(parse_pattern(rule.pattern), 0))
    if len(found) == 1:
        return NameFacts(**found[0])
    if found:
        ways = " or ".join(" + ".join(way.values()) for way in found[:2])
        return NameMisfit(f"its name can be read in two ways: {ways}", rule.pattern)
    return search.describe_misfit()


class _Search:
    """Lays a pattern over one name, and keeps how far it came."""

    def __init__(self, text: str, rule: NameRule) -> None:
        self._text = text
        # Only ASCII: other letters may change their number when they become small.
        self._folded = "".join(c.lower() if c.isascii() else c for c in text)
        self._rule = rule
        self._furthest: tuple[int, PatternPart | None] = (0, None)

    def fit(
        self, parts: tuple[PatternPart, ...], start: int
    ) -> Iterator[dict[str, str]]:
        """Yield every way in which the parts fit the rest of the name."""
        if not parts:
            if start == len(self._text):
                yield {}
            else:
                self._note(start, None)
            return
        part, rest = parts[0], parts[1:]
        candidates = self._candidates(part, start)
        if not candidates:
            self._note(start, part)
        for word, end in candidates:
            for facts in self.fit(rest, end):
                yield {part.text: word, **facts} if part.is_placeholder else facts

    def describe_misfit(self) -> NameMisfit:
        """Say where the name stopped fitting, and what may stand there."""
        start, part = self._furthest
        rest = self._text[start:]
        if part is None:
            return NameMisfit(
                f"{rest!r} is left over at the end of its name", self._rule.pattern
            )
        here = f"at {rest!r}" if rest else "at the end of its name"
        if not part.is_placeholder:
            return NameMisfit(f"{here} {part.text!r} is missing", self._rule.pattern)
        words = self._rule.words.get(part.text)
        if words is None:
            return NameMisfit(
                f"{here} the {part.text} is missing", "letters and digits"
            )
        near = max(words, key=lambda word: self._likeness(word, start), default=None)
        is_near = near is not None and self._likeness(near, start) > _NEAR_RATIO
        hint = f" (nearest: {near})" if is_near else ""
        return NameMisfit(
            f"{here} no known {part.text} stands", f"{', '.join(words)}{hint}"
        )

    def _candidates(self, part: PatternPart, start: int) -> list[tuple[str, int]]:
        if part.text == "take" and part.is_placeholder:
            match = _TAKE.match(self._text, start)
            return [(match[0], match.end())] if match else []
        words = (
            self._rule.words.get(part.text, ()) if part.is_placeholder else (part.text,)
        )
        return [
            (word, start + len(word))
            for word in words
            if self._folded.startswith(word.lower(), start)
        ]

    def _note(self, start: int, part: PatternPart | None) -> None:
        if start > self._furthest[0] or self._furthest == (0, None):
            self._furthest = (start, part)

    def _likeness(self, word: str, start: int) -> float:
        piece = self._folded[start : start + len(word)]
        return difflib.SequenceMatcher(None, word.lower(), piece).ratio()
