"""Every error this library raises on purpose, as one tree.

::

    SportsGptError
    ├── MovementFileError(ValueError)      a movement or target model is wrong
    ├── SessionError(ValueError)           a session folder or its manifest is wrong
    ├── ClipError(ValueError)              a video cannot be used
    ├── PoseInputError(ValueError)         pose arrays do not fit the skeleton
    ├── TableContractError(ValueError)     rows break a table's contract
    ├── MissingTableError(LookupError)     a table or partition is not in the lake
    ├── MissingSqlError(LookupError)       an SQL file is not in ``sql/``
    ├── SettingError(ValueError)           a setting cannot be used
    ├── KnowledgeError(ValueError)         a knowledge source or card is wrong
    ├── ReportVersionError(ValueError)     a stored report is of another schema
    ├── DocumentError(ValueError)          a source's file cannot be read at all
    ├── FeedbackError(ValueError)          a coach's answer cannot be stored
    ├── DatabaseError(RuntimeError)        Postgres or DuckDB cannot serve
    └── ModelServiceError(RuntimeError)    an outside model does not answer

One subclass per *reaction* of the caller. A message reads
``where: what was found; what is allowed. Fix: do this.``
No error text of a third-party library lives here.
"""

from collections.abc import Sequence
from typing import Any


class SportsGptError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    where
        The file, table, setting or stage that is wrong.
    found
        What was found there, in words.
    fix
        What the reader should do about it.
    problems
        Every single problem when several were collected; empty otherwise.
    """

    def __init__(
        self, where: str, found: str, fix: str, *, problems: Sequence[str] = ()
    ) -> None:
        self.where = where
        self.found = found
        self.fix = fix
        self.problems = tuple(problems)
        listed = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"{where}: {found}.{listed} Fix: {fix}")

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild from the named fields, so the error survives a process border."""
        return _rebuild_error, (
            type(self),
            self.where,
            self.found,
            self.fix,
            self.problems,
        )


def _rebuild_error(
    kind: type[SportsGptError],
    where: str,
    found: str,
    fix: str,
    problems: tuple[str, ...],
) -> SportsGptError:
    return kind(where, found, fix, problems=problems)


class MovementFileError(SportsGptError, ValueError):
    """A movement folder, or a target model of a movement, breaks its schema."""


class SessionError(SportsGptError, ValueError):
    """A session folder or its ``session.toml`` cannot be used.

    Parameters
    ----------
    places
        Where each problem is, without what was found there.
    found_without_values
        What was found, in words that quote nothing; ``found`` where not given.
    """

    def __init__(
        self,
        where: str,
        found: str,
        fix: str,
        *,
        problems: Sequence[str] = (),
        places: Sequence[str] = (),
        found_without_values: str | None = None,
    ) -> None:
        super().__init__(where, found, fix, problems=problems)
        self.places = tuple(places)
        self.found_without_values = found_without_values or found

    def __reduce__(self) -> tuple[object, ...]:
        """Keep both ways of telling across a process border."""
        return _rebuild_session_error, (
            self.where,
            self.found,
            self.fix,
            {
                "problems": self.problems,
                "places": self.places,
                "found_without_values": self.found_without_values,
            },
        )

    def without_values(self, where: str) -> "SessionError":
        """Tell the same without anything the team wrote, which may be a name."""
        return SessionError(
            where,
            self.found_without_values,
            "run `sportsgpt session check` on the session folder, which shows each "
            "value and how to correct it",
            problems=self.places,
        )


def _rebuild_session_error(
    where: str, found: str, fix: str, named: dict[str, Any]
) -> SessionError:
    return SessionError(where, found, fix, **named)


class ClipError(SportsGptError, ValueError):
    """A video cannot be decoded or holds nothing that can be used.

    ``reason_code`` is the stable word written to ``training.quality_verdicts``.
    """

    def __init__(
        self,
        where: str,
        found: str,
        fix: str,
        *,
        problems: Sequence[str] = (),
        reason_code: str = "unreadable_clip",
    ) -> None:
        super().__init__(where, found, fix, problems=problems)
        self.reason_code = reason_code

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the reason code across a process border."""
        return _rebuild_clip_error, (
            self.where,
            self.found,
            self.fix,
            self.problems,
            self.reason_code,
        )


def _rebuild_clip_error(
    where: str, found: str, fix: str, problems: tuple[str, ...], reason_code: str
) -> ClipError:
    return ClipError(where, found, fix, problems=problems, reason_code=reason_code)


class PoseInputError(SportsGptError, ValueError):
    """Pose arrays do not have the skeleton's shape, or hold nothing usable."""


class AlignmentInputError(SportsGptError, ValueError):
    """A motion or a reference cannot be aligned: what it holds makes no sense."""


class TableContractError(SportsGptError, ValueError):
    """Rows do not match the contract in ``storage/tables.py``."""


class MissingTableError(SportsGptError, LookupError):
    """A table or one of its partitions is not in the lake."""


class MissingSqlError(SportsGptError, LookupError):
    """An SQL file was asked for that does not lie under ``sql/``."""


class SettingError(SportsGptError, ValueError):
    """A ``SPORTSGPT_*`` variable has a value that cannot be used."""


class KnowledgeError(SportsGptError, ValueError):
    """A knowledge source, card or QA pair breaks its schema."""


class ReportVersionError(SportsGptError, ValueError):
    """A stored guidance report cannot be read as one of the current schema."""


class DocumentError(SportsGptError, ValueError):
    """A source's file cannot be used at all: it is quarantined, the others go on."""


class FeedbackError(SportsGptError, ValueError):
    """A coach's answer, or a file of answers, cannot be stored."""


class DatabaseError(SportsGptError, RuntimeError):
    """A database cannot be started, reached or migrated."""


class ModelServiceError(SportsGptError, RuntimeError):
    """An outside model service does not answer as agreed."""
