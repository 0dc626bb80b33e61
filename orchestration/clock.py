"""The one place that reads the clock."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Read the clock, in UTC."""
    return datetime.now(UTC)
