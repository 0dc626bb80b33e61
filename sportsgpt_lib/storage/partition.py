"""The partition of every table: one training day of one team.

Knows nothing of Dagster; ``str(key)`` happens to be Dagster's multi-partition key,
whose dimensions are sorted by name (``day`` before ``team``).
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from sportsgpt_lib.errors import SessionError

# Team ids become folder names, partition keys and row-level security values, so only
# characters without a meaning in any of them are let in.
_TEAM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_SEPARATOR = "|"


@dataclass(frozen=True, order=True)
class PartitionKey:
    """One training day × team.

    Raises
    ------
    SessionError
        ``team_id`` is empty, longer than 63 characters, or holds other characters than
        letters, digits, ``_``, ``.`` and ``-``.
    """

    team_id: str
    session_day: date

    def __post_init__(self) -> None:
        if _TEAM_ID.fullmatch(self.team_id) is None:
            raise SessionError(
                "team_id",
                f"{self.team_id!r} cannot name a team",
                "use 1 to 63 letters, digits, '_', '.' or '-', beginning with a letter "
                "or digit.",
            )

    def __str__(self) -> str:
        """Write it as ``2026-01-15|blue``."""
        return f"{self.session_day.isoformat()}{_SEPARATOR}{self.team_id}"

    @classmethod
    def parse(cls, key_text: str) -> Self:
        """Read a key written by ``str``, such as ``2026-01-15|blue``.

        Raises
        ------
        SessionError
            The text is not a day and a team joined by ``|``.
        """
        day_text, separator, team_id = key_text.partition(_SEPARATOR)
        try:
            session_day = date.fromisoformat(day_text)
        except ValueError:
            session_day = None
        if session_day is None or not separator or len(day_text) != len("2026-01-15"):
            raise SessionError(
                "partition key",
                f"{key_text!r} is not a day and a team",
                "write it as YYYY-MM-DD|team, such as 2026-01-15|blue.",
            )
        return cls(team_id, session_day)
