"""What counts as stating a licence. What a licence allows is a person's judgment."""

import re

_STATES_NOTHING = re.compile(
    r"(|none|no licen[cs]e|n/?a|unknown|unstated|not stated|unclear|tbd|todo|\?+|-+)"
    r"\.?",
    re.IGNORECASE,
)


def states_licence(text: str) -> bool:
    """Whether a text names a licence, and not that there is none or nobody knows."""
    return _STATES_NOTHING.fullmatch(text.strip()) is None
