"""Why one request to a server failed, and whether another may do better.

Only a step of the client's attempts: callers see ``ModelServiceError``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# The request itself can be repeated as it is. Source: RFC 9110, 15.5; RFC 8470 (425);
# RFC 6585 (429).
_PASSING_STATUS = frozenset({408, 409, 425, 429})
# A gateway speaks for a server that is not there. Source: RFC 9110, 15.6.3 to 15.6.5.
_GATEWAY_STATUS = frozenset({502, 503, 504})
_FIRST_SERVER_FAULT = 500


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 -- a step of the attempts, never seen outside
    """One request failed.

    Parameters
    ----------
    reason
        In our own words; nothing of what the server said.
    may_retry
        False = another request would fail alike.
    is_outage
        The server itself seems to be gone, so others wait too.
    is_free
        Nothing was worked on, so it counts as no attempt.
    wait_s
        How long the server asks to wait.
    status
        The status it answered with; None = it answered none.
    """

    reason: str
    may_retry: bool = True
    is_outage: bool = False
    is_free: bool = False
    wait_s: float = 0.0
    status: int | None = None

    def __str__(self) -> str:
        return self.reason


def refuse_status(status: int, retry_after: str | None) -> Refusal:
    """Build the refusal of an answer with such a status."""
    return Refusal(
        f"it answered with status {status}",
        may_retry=status in _PASSING_STATUS or status >= _FIRST_SERVER_FAULT,
        is_outage=status >= _FIRST_SERVER_FAULT,
        is_free=status in _GATEWAY_STATUS,
        wait_s=read_wait_s(retry_after),
        status=status,
    )


def read_wait_s(retry_after: str | None) -> float:
    """Read how long a server asks to wait: seconds or a date; 0 where neither.

    Source: RFC 9110, 10.2.3.
    """
    if retry_after is None:
        return 0.0
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())
