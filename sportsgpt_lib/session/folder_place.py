"""What a session folder's place says: the inbox holds ``<team>/<day>``.

Nothing is opened here. What a run makes of a folder at the wrong place is said by
``inbox`` and ``stages.recordings``.
"""

import os
import re
from datetime import date
from pathlib import Path

from sportsgpt_lib.session.entries import PSEUDONYM_PATTERN

_DAY_LENGTH = len("2026-01-15")


def read_place(folder: Path) -> tuple[str | None, date | None]:
    """Read team and day from the names of a folder and the one around it.

    Links are not followed: a linked session has the place of the link. The team is told
    only beside a day. None = the name tells none.

    Examples
    --------
    >>> read_place(Path("/inbox/blue/2026-01-15"))
    ('blue', datetime.date(2026, 1, 15))
    >>> read_place(Path("/films/clips"))
    (None, None)
    """
    path = _absolute(folder)
    day = _parse_day(path.name)
    team = path.parent.name
    is_team = day is not None and re.match(PSEUDONYM_PATTERN, team) is not None
    return (team if is_team else None), day


def name_place(folder: Path) -> str:
    """Name a folder and the one around it, as the inbox lists them."""
    path = _absolute(folder)
    return f"{path.parent.name}/{path.name}"


def is_in_inbox(folder: Path, inbox_root: str) -> bool:
    """Whether a folder lies where a local inbox keeps its sessions."""
    return "://" not in inbox_root and _absolute(folder).parent.parent == _absolute(
        Path(inbox_root)
    )


def find_empty_clips(folder: Path, clips: list[str]) -> list[str]:
    """Find the clips of a folder that hold nothing."""
    return [name for name in clips if (folder / name).stat().st_size == 0]


def _absolute(folder: Path) -> Path:
    return Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() follows links


def _parse_day(name: str) -> date | None:
    try:
        return date.fromisoformat(name) if len(name) == _DAY_LENGTH else None
    except ValueError:
        return None
