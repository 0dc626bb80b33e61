"""One answer of a coach, and the file that a plan sheet hands out.

Only what is allowed to be said lives here: closed lists, a report's id, and a pseudonym
or role. There is no free text, so that nothing about a person can be written down.
Reading files is in ``files.py``, storing in ``store.py``.
"""

import re
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from sportsgpt_lib.storage.feedback_tables import (
    REASONS,
    Answer,
    ExerciseReason,
    FindingReason,
    ItemKind,
)

FILE_SCHEMA_VERSION = "1.0"
REPORT_ID_PATTERN = "[0-9a-f]{16}"
COACH_PATTERN = "[a-z0-9][a-z0-9_-]{1,31}"
"""Pseudonyms and roles, such as coach-2; the database checks the same."""
_LONGEST_ITEM_ID = 200


def _check_coach(name: str) -> str:
    if re.fullmatch(COACH_PATTERN, name) is None:
        message = (
            "a pseudonym or role of 2 to 32 small letters, digits, - and _ was wanted, "
            "never a name"
        )
        raise ValueError(message)
    return name


CoachName = Annotated[str, AfterValidator(_check_coach)]
ReportId = Annotated[str, Field(pattern=f"^{REPORT_ID_PATTERN}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ItemAnswer(_Part):
    """What is answered to one finding or exercise of a report.

    ``item_id`` is ``movement/issue`` of a finding and the passage of an exercise.
    ``reason`` may be given where the coach disagrees.
    """

    item_kind: ItemKind
    item_id: str = Field(min_length=1, max_length=_LONGEST_ITEM_ID)
    answer: Answer
    reason: FindingReason | ExerciseReason | None = None

    @model_validator(mode="after")
    def _check_reason(self) -> Self:
        if self.reason is None:
            return self
        allowed = REASONS[self.item_kind] if self.answer == "disagree" else ()
        if self.reason not in allowed:
            message = (
                f"the reason {self.reason} does not go with {self.answer} to a "
                f"{self.item_kind}"
            )
            raise ValueError(message)
        return self


class CoachAnswer(ItemAnswer):
    """An answer with the report it is about, who gave it, and when."""

    report_id: ReportId
    given_by: CoachName
    answered_at: AwareDatetime

    @property
    def place(self) -> str:
        """Report and item, for messages."""
        return f"report {self.report_id}, {self.item_kind} {self.item_id}"


class FeedbackFile(_Part):
    """The file that a plan sheet's form hands out: answers to one report.

    ``given_by`` None = whoever imports the file says it.
    """

    schema_version: Literal["1.0"]
    report_id: ReportId
    given_by: CoachName | None = None
    answered_at: AwareDatetime
    answers: tuple[ItemAnswer, ...] = Field(min_length=1)

    def list_answers(self, given_by: str | None) -> tuple[CoachAnswer, ...]:
        """List the answers; ``given_by`` fills in who, where the file does not say."""
        who = self.given_by or given_by
        return tuple(
            build_answer(self.report_id, who, self.answered_at, one)
            for one in self.answers
        )


def build_answer(
    report_id: str, given_by: str | None, answered_at: datetime, item: ItemAnswer
) -> CoachAnswer:
    """Put an answer together.

    Raises
    ------
    ValueError
        Nobody says who gave it, or a part is not allowed.
    """
    if given_by is None:
        message = "nobody says who answered: add --by with a pseudonym or role"
        raise ValueError(message)
    return CoachAnswer(
        report_id=report_id,
        given_by=given_by,
        answered_at=answered_at,
        **item.model_dump(),
    )
