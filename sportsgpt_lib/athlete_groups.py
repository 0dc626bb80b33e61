"""The coarse groups an athlete may belong to, and how they are written.

Targets of some movements hold for some groups only (``limited_when`` of a movement).
Said by the session manifest; never an age or a birth date.
"""

from collections.abc import Collection, Sequence
from typing import Literal, get_args

AthleteGroup = Literal["child", "youth", "adult", "older_adult", "untrained", "trained"]
ATHLETE_GROUPS: tuple[AthleteGroup, ...] = get_args(AthleteGroup)
# Of each of these an athlete belongs to one.
EXCLUSIVE_GROUPS: tuple[tuple[AthleteGroup, ...], ...] = (
    ("child", "youth", "adult", "older_adult"),
    ("untrained", "trained"),
)


def find_contradiction(groups: Collection[str]) -> tuple[str, ...]:
    """Find groups that nobody belongs to at once; empty where there are none.

    Examples
    --------
    >>> find_contradiction(["youth", "adult", "trained"])
    ('youth', 'adult')
    """
    for alternatives in EXCLUSIVE_GROUPS:
        named = tuple(group for group in alternatives if group in groups)
        if len(named) > 1:
            return named
    return ()


def describe_groups(groups: Sequence[str]) -> str:
    """Write an athlete's groups, age first; empty where none is given.

    Examples
    --------
    >>> describe_groups(["untrained", "older_adult"])
    'older adult, untrained'
    """
    ordered = [group for group in ATHLETE_GROUPS if group in groups]
    return ", ".join(group.replace("_", " ") for group in ordered)


def describe_unknown_groups(athlete_ids: Sequence[str]) -> str | None:
    """Say for whom targets are held without knowing the group; None = for nobody."""
    if not athlete_ids:
        return None
    return (
        f"No group is given for {', '.join(athlete_ids)} (groups in session.toml), so "
        "no target is set aside: most are those of adults, in sprinting and throwing "
        "of trained ones, and some do not hold for children, older or untrained people."
    )
