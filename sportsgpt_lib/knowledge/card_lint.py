"""Checks sources, cards and answers against the movements they speak of.

What is wrong inside the folder itself is found by ``collection.py``.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sportsgpt_lib.knowledge.collection import Collection, raise_problems


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class MovementNames(Protocol):
    """What of a movement the cards must agree with."""

    @property
    def name(self) -> str:
        """Name of the movement's folder."""
        ...

    @property
    def issues(self) -> Sequence[_Named]:
        """The movement's technique faults."""
        ...

    @property
    def indicators(self) -> Sequence[_Named]:
        """The movement's measures."""
        ...


def validate_cards(
    collection: Collection,
    movements: Sequence[MovementNames],
    *,
    must_cover_issues: bool = True,
) -> None:
    """Check sources, cards and answers against the movements they speak of.

    Parameters
    ----------
    collection, movements
        What is checked, and against which movements.
    must_cover_issues
        Whether every issue of a movement that has cards needs one: true of the starter,
        to which other folders only add.

    Raises
    ------
    KnowledgeError
        A source, a card or an answer names a movement, issue or indicator that does
        not exist, or an issue of a movement that has cards has none; all problems at
        once.

    Notes
    -----
    A movement without any card is not covered yet: its findings get no protocol.
    """
    problems: list[str] = []
    for source in collection.sources:
        where = f"source {source.id}"
        problems.extend(_find_unknown(where, "movement", source.movements, movements))
    for card in collection.all_cards:
        known = [movement for movement in movements if movement.name in card.movements]
        where = f"card {card.id}"
        problems.extend(_find_unknown(where, "movement", card.movements, movements))
        for kind, named in (
            ("issue", card.issues),
            ("indicator", card.success.indicators),
        ):
            parts = [
                part for movement in known for part in getattr(movement, f"{kind}s")
            ]
            problems.extend(_find_unknown(where, kind, named, parts))
    for answer in collection.all_answers:
        known = [
            movement for movement in movements if movement.name in answer.movements
        ]
        where = f"answer {answer.id}"
        problems.extend(_find_unknown(where, "movement", answer.movements, movements))
        parts = [issue for movement in known for issue in movement.issues]
        problems.extend(_find_unknown(where, "issue", answer.issues, parts))
    for movement in movements:
        covered = {
            issue
            for card in collection.all_cards
            if movement.name in card.movements
            for issue in card.issues
        }
        problems.extend(
            f"movement {movement.name}: issue {issue.name!r} has no card"
            for issue in movement.issues
            if must_cover_issues and covered and issue.name not in covered
        )
    raise_problems("technique cards", problems)


def _find_unknown(
    where: str, kind: str, named: Iterable[str], known: Iterable[_Named]
) -> list[str]:
    allowed = sorted({part.name for part in known})
    return [
        f"{where}: unknown {kind} {name!r}; known: {', '.join(allowed) or 'none'}"
        for name in named
        if name not in allowed
    ]
