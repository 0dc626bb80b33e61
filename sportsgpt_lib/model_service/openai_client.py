"""Builds an ``openai`` client that keeps our limits, and says why a request failed.

For chat models and embedding models alike. What is asked is in ``request.py`` and in
``knowledge/embedder_endpoint.py``.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from sportsgpt_lib.model_service.refusal import Refusal, refuse_status

# Headers by which the client tells about this machine and account; none is needed.
_TELLTALE_HEADERS = (
    *("OpenAI-Organization", "OpenAI-Project"),
    *("X-Stainless-Lang", "X-Stainless-Package-Version", "X-Stainless-OS"),
    *("X-Stainless-Arch", "X-Stainless-Runtime", "X-Stainless-Runtime-Version"),
    *("X-Stainless-Retry-Count", "X-Stainless-Read-Timeout", "X-Stainless-Async"),
)


@dataclass(frozen=True)
class Server:
    """Where a server is, and what one request to it may take."""

    base_url: str
    api_key: SecretStr
    timeout_s: float
    most_answer_bytes: int
    connections: int


def build_openai_client(server: Server) -> Any:
    """Build a client that sends each request once; close it after use."""
    import openai

    from sportsgpt_lib.model_service.bounded_http import (
        build_http_client,
        build_timeout,
    )

    return openai.OpenAI(
        base_url=server.base_url,
        api_key=server.api_key.get_secret_value(),
        timeout=build_timeout(server.timeout_s),
        max_retries=0,
        http_client=build_http_client(
            timeout_s=server.timeout_s,
            most_answer_bytes=server.most_answer_bytes,
            connections=server.connections,
        ),
    )


def build_quiet_headers() -> dict[str, Any]:
    """Build the headers of a request that tells nothing of this machine."""
    import openai

    return dict.fromkeys(_TELLTALE_HEADERS, openai.omit)


@contextmanager
def refuse_failures(expected: str) -> Iterator[None]:
    """Turn whatever becomes of a request into a ``Refusal``.

    ``expected`` names the answer that should have come, as in "a chat completion".
    """
    import openai

    try:
        yield
    except openai.APITimeoutError as error:
        raise _refuse_timeout(error) from error
    except openai.APIConnectionError as error:
        raise _refuse_connection(error) from error
    except openai.APIStatusError as error:
        retry_after = error.response.headers.get("retry-after")
        raise refuse_status(error.status_code, retry_after) from error
    except (openai.OpenAIError, ValueError) as error:
        raise Refusal(f"its answer is not {expected}") from error


def _refuse_timeout(error: Exception) -> Refusal:
    import httpx2

    if isinstance(error.__cause__, httpx2.ConnectTimeout):
        return Refusal("it could not be reached in time", is_outage=True, is_free=True)
    return Refusal("it did not answer in time", is_outage=True)


def _refuse_connection(error: Exception) -> Refusal:
    import httpx2

    from sportsgpt_lib.model_service.bounded_http import AnswerTooLargeError

    cause = error.__cause__
    if isinstance(cause, AnswerTooLargeError):
        return Refusal("its answer is too long to be read", may_retry=False)
    if _is_certificate_fault(cause):
        return Refusal("its certificate is not trusted", may_retry=False)
    if isinstance(cause, httpx2.ConnectError):
        return Refusal("it could not be reached", is_outage=True, is_free=True)
    return Refusal("the connection was cut", is_outage=True)


def _is_certificate_fault(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__
    return False
