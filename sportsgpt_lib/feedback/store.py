"""Keeps coaches' answers in Postgres: added, never changed, the latest one counts.

Rights and checks are the database's (``sql/migrations/0012_feedback.sql``); the text of
every statement is in ``sql/feedback``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import psycopg
from psycopg.rows import dict_row

from sportsgpt_lib.errors import DatabaseError, FeedbackError
from sportsgpt_lib.feedback.answers import CoachAnswer
from sportsgpt_lib.storage.feedback_tables import ItemKind
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_rows, empty_rows
from sportsgpt_lib.storage.sql_text import load_sql
from sportsgpt_lib.storage.tables import COACH_FEEDBACK

Row = dict[str, Any]


@dataclass(frozen=True)
class ReportItem:
    """A finding or exercise of a report that may be answered to."""

    team_id: str
    session_day: date
    athlete_id: str
    report_id: str
    item_kind: ItemKind
    item_id: str
    item_name: str


@dataclass(frozen=True)
class AddedAnswers:
    """How many answers were new, and how many were stored before."""

    added_count: int
    known_count: int


class FeedbackStore:
    """The answers in one Postgres database; ``url`` is the pipeline's or the owner's.

    Every method raises DatabaseError where the server cannot be reached or has not been
    migrated.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def list_items(self, report_ids: Sequence[str]) -> tuple[ReportItem, ...]:
        """List what may be answered to in reports, also of ones that were replaced."""
        wanted = list(dict.fromkeys(report_ids))
        rows = self._ask("feedback/list_items.sql", wanted)
        return tuple(ReportItem(**row) for row in rows)

    def add(self, answers: Sequence[CoachAnswer]) -> AddedAnswers:
        """Add answers, all or none; the same one twice is stored once.

        Raises
        ------
        FeedbackError
            A report or item is not known, an answer was given in the future, or the
            same moment holds another answer. Lists every problem.
        """
        self._validate_items(answers)
        statement = load_sql("feedback/add_answer.sql")
        try:
            with (
                psycopg.connect(self._url) as connection,
                psycopg.RawCursor(connection) as cursor,
            ):
                added = 0
                problems: list[str] = []
                for answer in answers:
                    values = (*_key(answer), answer.answer, answer.reason)
                    found = cursor.execute(statement, values).fetchone()
                    added += found is not None
                    if found is None and _differs(cursor, answer):
                        problems.append(f"{answer.place}: {_TWO_ANSWERS}")
                if problems:
                    raise FeedbackError(
                        "answers", "some contradict each other", _FIX, problems=problems
                    )
        except psycopg.errors.IntegrityError as error:
            raise FeedbackError("answers", _first_line(error), _FIX) from error
        except psycopg.Error as error:
            raise _tell(error) from error
        return AddedAnswers(added, len(answers) - added)

    def load(self, partition: PartitionKey | None = None) -> pl.DataFrame:
        """Load every answer that was ever given, as rows of ``coach_feedback``.

        ``partition`` None = to reports of every team and day.
        """
        rows = self._ask(
            "feedback/load_answers.sql",
            None if partition is None else partition.team_id,
            None if partition is None else partition.session_day,
        )
        if not rows:
            return empty_rows(COACH_FEEDBACK)
        return conform_rows(
            COACH_FEEDBACK, pl.DataFrame(rows, infer_schema_length=None)
        )

    def summarise_items(
        self, team_id: str | None = None, movement: str | None = None
    ) -> list[Row]:
        """Load ``training.feedback_by_item``; None = every team, every movement."""
        return self._ask("feedback/summarise_items.sql", team_id, movement)

    def summarise_thresholds(
        self, team_id: str | None = None, movement: str | None = None
    ) -> list[Row]:
        """Load what of ``training.feedback_on_thresholds`` somebody asks about."""
        return self._ask("feedback/summarise_thresholds.sql", team_id, movement)

    def _validate_items(self, answers: Sequence[CoachAnswer]) -> None:
        known = {
            (item.report_id, item.item_kind, item.item_id)
            for item in self.list_items([answer.report_id for answer in answers])
        }
        problems = [
            answer.place
            for answer in answers
            if (answer.report_id, answer.item_kind, answer.item_id) not in known
        ]
        if problems:
            raise FeedbackError(
                "answers",
                f"{len(problems)} of them answer to what no published report has",
                "check that the report was published to this database: "
                "`sportsgpt feedback list --report ID` shows what may be answered to",
                problems=problems,
            )

    def _ask(self, name: str, *values: object) -> list[Row]:
        try:
            with (
                psycopg.connect(self._url) as connection,
                psycopg.RawCursor(connection, row_factory=dict_row) as cursor,
            ):
                return cursor.execute(load_sql(name), values).fetchall()
        except psycopg.Error as error:
            raise _tell(error) from error


_TWO_ANSWERS = "the same coach answered otherwise at the same moment"
_FIX = "correct the answers and give them again; nothing was stored"


def _key(answer: CoachAnswer) -> tuple[object, ...]:
    return (
        answer.report_id,
        answer.item_kind,
        answer.item_id,
        answer.given_by,
        answer.answered_at,
    )


def _differs(cursor: psycopg.RawCursor[Any], answer: CoachAnswer) -> bool:
    found = cursor.execute(load_sql("feedback/find_answer.sql"), _key(answer))
    return found.fetchone() != (answer.answer, answer.reason)


def _first_line(error: psycopg.Error) -> str:
    return error.diag.message_primary or "the database refuses an answer"


def _tell(error: psycopg.Error) -> DatabaseError:
    return DatabaseError(
        "Postgres, coaches' answers",
        str(error),
        "run `sportsgpt doctor`; it checks server, URL and migrations.",
    )
