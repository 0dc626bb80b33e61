"""Words of the problems that are found in a movement folder."""

import difflib
from collections.abc import Iterable


def list_allowed(found: object, allowed: Iterable[str]) -> str:
    """Say what is allowed instead of ``found``, the nearest spelling first."""
    names = list(allowed)
    nearest = difflib.get_close_matches(str(found), names, n=1)
    hint = f"; nearest is {nearest[0]!r}" if nearest else ""
    return f"allowed: {', '.join(names) or 'none'}{hint}"


def unknown_name(file: str, key: str, found: object, allowed: Iterable[str]) -> str:
    """Say that a name is not one of the names that exist."""
    return f"{file}: {key} = {found!r} is not known; {list_allowed(found, allowed)}"
