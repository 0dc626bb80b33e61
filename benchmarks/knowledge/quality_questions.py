"""The questions of ``quality_questions.toml`` and what was judged to answer them."""

import hashlib
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sportsgpt_lib.knowledge.retrieval_query import SearchFilter, build_issue_question
from sportsgpt_lib.sports.loader import load_movement

Half = Literal["tune", "report"]
ANSWERED_FORMS = ("free", "findings", "zh")
_FILE = Path(__file__).with_name("quality_questions.toml")
_SPACE = re.compile(r"\s+")
_CARD_KINDS = frozenset({"technique", "exercise"})
_ANSWERS, _HELPS = 2, 1


@dataclass(frozen=True)
class QuestionAsked:
    """One question with its judgements, as locators, and its half of the set."""

    id: str
    form: str
    text: str
    half: Half
    answers: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    movement: str | None = None
    issues: tuple[str, ...] = ()

    @property
    def search_filter(self) -> SearchFilter:
        """The filter it is asked with: findings name their movement."""
        return SearchFilter(self.movement)

    @property
    def has_answer(self) -> bool:
        """Whether the collections hold an answer."""
        return self.form in ANSWERED_FORMS


@dataclass(frozen=True)
class StoredPassage:
    """What of a stored passage locators speak of; ``places`` are (collection, source).

    A passage that other sources only link to stands in their places too.
    """

    passage_id: str
    kind: str
    title: str
    text: str
    movements: tuple[str, ...]
    issues: tuple[str, ...]
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Judgements:
    """Gains by question and passage; ``lost`` are locators that no passage matches."""

    gains: Mapping[str, Mapping[str, int]]
    lost: Sequence[str] = field(default_factory=list)


def load_questions() -> list[QuestionAsked]:
    """Load the questions.

    Within each form they are put in the order of the SHA-256 of their text; every
    second one is of the half that is only reported on.
    """
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["question"]
    by_form: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        by_form[row["form"]].append({**row, "text": row.get("text") or _ask(row)})
    return [
        QuestionAsked(
            id=str(row["id"]),
            form=form,
            text=str(row["text"]),
            half="report" if number % 2 else "tune",
            answers=tuple(row.get("answers", ())),  # type: ignore[arg-type]
            helps=tuple(row.get("helps", ())),  # type: ignore[arg-type]
            movement=row.get("movement"),  # type: ignore[arg-type]
            issues=tuple(row.get("issues", ())),  # type: ignore[arg-type]
        )
        for form, group in by_form.items()
        for number, row in enumerate(sorted(group, key=lambda row: _hash(row["text"])))
    ]


def judge(
    questions: Iterable[QuestionAsked], passages: Sequence[StoredPassage]
) -> Judgements:
    """Find the passages that each question's locators mean, with their gains."""
    plain = [(one, _plain(one.title), _plain(one.text)) for one in passages]
    gains: dict[str, dict[str, int]] = {}
    lost = []
    for question in questions:
        found: dict[str, int] = {}
        for locators, gain in ((question.helps, _HELPS), (question.answers, _ANSWERS)):
            for locator in locators:
                matches = _find(locator, plain)
                found |= dict.fromkeys(matches, gain)
                if not matches:
                    lost.append(f"{question.id} {locator}")
        for issue in question.issues:
            found |= _judge_issue(question.movement, issue, passages)
        gains[question.id] = found
    return Judgements(gains, lost)


def _judge_issue(
    movement: str | None, issue: str, passages: Sequence[StoredPassage]
) -> dict[str, int]:
    """Cards written on the issue answer a finding of it; answers on it help."""
    return {
        one.passage_id: _ANSWERS if one.kind in _CARD_KINDS else _HELPS
        for one in passages
        if issue in one.issues and movement in one.movements
    }


def _find(locator: str, plain: Sequence[tuple[StoredPassage, str, str]]) -> list[str]:
    place, _, words = locator.partition(": ")
    collection, _, source = place.partition("/")
    start = words.removeprefix("title=")
    wanted = _plain(start)
    return [
        one.passage_id
        for one, title, text in plain
        if any(
            collection == named and source in ("", named_source)
            for named, named_source in one.places
        )
        and (
            title.startswith(wanted)
            if start != words
            else wanted in title or wanted in text
        )
    ]


def _ask(row: Mapping[str, object]) -> str:
    movement = load_movement(str(row["movement"]))
    issues: Sequence[str] = row["issues"]  # type: ignore[assignment]
    return " ".join(build_issue_question(movement.issue(name)) for name in issues)


def _plain(text: str) -> str:
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def _hash(text: object) -> str:
    return hashlib.sha256(str(text).encode()).hexdigest()
