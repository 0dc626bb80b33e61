"""How an ingest tells how far it is; who listens is not its business."""

from collections.abc import Callable

Tell = Callable[[str, int, int, str], None]
"""Told the stage, how many are done, how many there are, and what is being done.

Stages: ``sources`` (of which each is parsed, cut and saved), ``embed`` (texts),
``index`` (collections), ``recall`` (measurements).
"""


def tell_nobody(_stage: str, _done: int, _total: int, _what: str) -> None:
    """Listen to nothing."""
