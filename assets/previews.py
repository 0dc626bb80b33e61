"""Dagster features that the pinned version still calls beta or preview.

Two are used on purpose, see ADR 0007: partitioned asset checks, backfill policies.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg


@contextmanager
def accepted_previews() -> Iterator[None]:
    """Silence the warnings of those two features while definitions are made."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        warnings.simplefilter("ignore", dg.BetaWarning)
        yield
