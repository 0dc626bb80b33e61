"""What every key of the manifest allows, in words and by an example.

``docs/operations.md`` holds the same as a table; a test compares the two.
"""

from dataclasses import dataclass
from typing import get_args

from sportsgpt_lib.athlete_groups import ATHLETE_GROUPS, EXCLUSIVE_GROUPS
from sportsgpt_lib.body_regions import BODY_REGIONS
from sportsgpt_lib.session.calibration import LONGEST_LENGTH_M
from sportsgpt_lib.session.entries import (
    SHORTEST_ATHLETE_M,
    TALLEST_ATHLETE_M,
    CameraView,
    LawfulBasis,
)

TOP = ""


@dataclass(frozen=True)
class Key:
    """A key's allowed values in words, an example, and the words it may be, if few.

    ``is_shown`` False = what stands there is personal, and no problem repeats it.
    """

    allowed: str
    example: str
    words: tuple[str, ...] = ()
    is_shown: bool = True


def _one_of(*words: str) -> Key:
    return Key("one of " + ", ".join(words), f'"{words[0]}"', words)


_VIEW = _one_of(*get_args(CameraView))
_RATE = Key("a number of Hz above 0", "240")
_PSEUDONYM = "2 to 32 small letters, digits and hyphens, in quotes"
_POINT = Key("two numbers from 0 to 1, shares of width and height", "[0.5, 0.6]")
_SECONDS = Key("a number of seconds from 0", "1.2")
_CALIBRATION = Key(
    "a table with kind, from, to and length_m",
    '{kind = "object", from = [0.1, 0.9], to = [0.3, 0.9], length_m = 1.0}',
)
KEYS: dict[str, dict[str, Key]] = {
    TOP: {
        "team": Key(_PSEUDONYM, '"blue"'),
        "day": Key("a day without quotes", "2026-01-15"),
        "lawful_basis": _one_of(*get_args(LawfulBasis)),
        "athletes": Key("at least one [[athletes]]", "[[athletes]]"),
        "cameras": Key("tables [[cameras]]", "[[cameras]]"),
        "recordings": Key(
            "at least one [[recordings]], or a table [file_names]", "[[recordings]]"
        ),
        "file_names": Key("one table [file_names]", "[file_names]"),
    },
    "athletes": {
        "id": Key(f"{_PSEUDONYM}; never a name", '"runner-07"'),
        "height_m": Key(
            f"a number of metres from {SHORTEST_ATHLETE_M} to {TALLEST_ATHLETE_M}, "
            "without quotes",
            "1.82",
        ),
        "groups": Key(
            "a list: at most "
            + ", and at most ".join(
                f"one of {', '.join(groups)}" for groups in EXCLUSIVE_GROUPS
            ),
            '["youth", "untrained"]',
            ATHLETE_GROUPS,
        ),
        "spare": Key(
            f"a list of body regions: {', '.join(BODY_REGIONS)}",
            '["knee"]',
            BODY_REGIONS,
            is_shown=False,
        ),
    },
    "cameras": {
        "id": Key("1 to 32 small letters, digits, _ and -, in quotes", '"side"'),
        "view": _VIEW,
        "capture_rate_hz": _RATE,
        "calibration": _CALIBRATION,
    },
    "recordings": {
        "file": Key(
            "a path inside the session folder, with / between folder and file",
            '"clip-01.mp4"',
        ),
        "athlete": Key("the id of one of [[athletes]]", '"runner-07"'),
        "movement": Key("a movement's name in quotes", '"walking_stride"'),
        "view": _VIEW,
        "camera": Key("the id of one of [[cameras]]", '"side"'),
        "role": _one_of("athlete", "reference"),
        "capture_rate_hz": _RATE,
        "calibration": _CALIBRATION,
        "start_s": _SECONDS,
        "end_s": Key("a number of seconds, later than start_s", "6.6"),
        "at": _POINT,
    },
    "calibration": {
        "kind": _one_of("object", "distance"),
        "from": _POINT,
        "to": _POINT,
        "length_m": Key(
            f"a number of metres above 0, at most {LONGEST_LENGTH_M:g}", "1.0"
        ),
        "error_m": Key("a number of metres from 0, less than length_m", "0.005"),
        "is_plumb": Key("true or false", "true"),
    },
    "file_names": {
        "pattern": Key(
            "a text of {athlete}, {movement}, {view}, {camera}, {take}, each at most "
            "once, with separators between them",
            '"{athlete}_{movement}_{view}_{take}"',
        ),
    },
}
