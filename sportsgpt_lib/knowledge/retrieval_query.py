"""What is asked of the knowledge base: the words, their language, and the filters.

No database here. Who searches is in ``retrieval.py``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, get_args

from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.knowledge.retrieval_events import find_issues_at_event
from sportsgpt_lib.knowledge.search_words import build_search_words
from sportsgpt_lib.knowledge.sources import Audience, TrustLevel
from sportsgpt_lib.sports.loader import load_movement

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_TRUST_LEVELS: tuple[TrustLevel, ...] = ("high", "medium", "low")
# A passage in one language is read by the configuration that it was indexed by.
_TEXT_CONFIGURATIONS = {"en": "english"}
_OTHER_CONFIGURATION = "simple"
# Words that only make a question; English ones are dropped by its configuration.
_QUESTION_WORDS = {
    "zh": frozenset(
        (
            *("的", "了", "吗", "呢", "和", "与", "在", "是", "有", "要", "会", "能"),
            *("应该", "怎么", "怎样", "怎么办", "什么", "为什么", "多少", "如何"),
            *("哪些", "可以", "应", "该", "时", "多", "好", "办", "把", "被", "也"),
            *("都", "就"),
        )
    )
}


@dataclass(frozen=True)
class SearchFilter:
    """What a passage must be about or come from; an empty field = anything.

    A source without movements, or without an audience, is for all and passes;
    ``issues`` keeps passages on at least one of them and no others. ``event`` names a
    keyframe or a phase of the movement, and keeps passages on issues that show there.
    ``trust_level`` is the least one allowed.
    """

    movement: str | None = None
    issues: tuple[str, ...] = ()
    audience: Audience | None = None
    licence: str | None = None
    trust_level: TrustLevel | None = None
    event: str | None = None

    def __post_init__(self) -> None:
        """Refuse a word that no source can have.

        Raises
        ------
        KnowledgeError
            Audience or trust level is none of those that a manifest knows; an event
            without a movement.
        """
        _validate_word("audience", self.audience, get_args(Audience))
        _validate_word("trust level", self.trust_level, _TRUST_LEVELS)
        if self.event is not None and self.movement is None:
            raise KnowledgeError(
                "search filter",
                f"the event {self.event!r} belongs to no movement",
                "name the movement too",
            )

    @property
    def wanted_issues(self) -> list[str] | None:
        """Issues that a passage must be on one of, as SQL takes them; None = any.

        Raises
        ------
        KnowledgeError
            The movement has no such event.
        """
        if self.event is None or self.movement is None:
            return list(self.issues) or None
        shown = find_issues_at_event(load_movement(self.movement), self.event)
        return [name for name in shown if name in (self.issues or shown)]

    @property
    def trust_levels(self) -> list[str] | None:
        """The levels allowed, as SQL takes them; None = any."""
        if self.trust_level is None:
            return None
        return list(_TRUST_LEVELS[: _TRUST_LEVELS.index(self.trust_level) + 1])

    @property
    def parameters(self) -> tuple[object, ...]:
        """Movement, issues, audience, licence and trust levels, as SQL takes them."""
        return (
            self.movement,
            self.wanted_issues,
            self.audience,
            self.licence,
            self.trust_levels,
        )


@dataclass(frozen=True)
class FindingQuestion:
    """What one finding asks: its issue's own words, and what answers must be about."""

    movement: str
    issue: str
    question: str


class IssueText(Protocol):
    """What of a movement's issue the question is made from."""

    @property
    def title(self) -> str:
        """The issue in plain words."""
        ...

    @property
    def cause(self) -> str:
        """Where it usually comes from."""
        ...

    @property
    def consequence(self) -> str:
        """Why it matters."""
        ...


def build_issue_question(issue: IssueText) -> str:
    """Build the question that a finding of this issue asks the knowledge base."""
    return f"{issue.title}. {issue.consequence} {issue.cause}"


def find_question_language(question: str) -> str:
    """Find the language of a question: ``zh`` where it has more Han than other words.

    A Han character counts as half a word.
    """
    han = len(_HAN.findall(question)) / 2
    return "zh" if han > len(_LATIN_WORD.findall(question)) else "en"


def build_question_words(question: str, language: str) -> str:
    """Build the words of a question, parted by spaces, as passages are cut.

    Words that only make a question are dropped.
    """
    words = build_search_words(question, language)
    if words is None:
        return question
    dropped = _QUESTION_WORDS.get(language, frozenset())
    return " ".join(word for word in words.split() if word not in dropped)


def find_text_configuration(language: str) -> str:
    """Find the full-text configuration that texts in a language are indexed by."""
    return _TEXT_CONFIGURATIONS.get(language, _OTHER_CONFIGURATION)


def _validate_word(what: str, found: str | None, allowed: Sequence[str]) -> None:
    if found is not None and found not in allowed:
        raise KnowledgeError(
            "search filter",
            f"{found!r} is not a known {what}",
            f"choose one of: {', '.join(allowed)}",
        )
