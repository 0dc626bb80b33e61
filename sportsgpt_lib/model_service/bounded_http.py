"""HTTP to a server that nobody vouches for: bounded in time, in size and in where.

A whole exchange has one deadline, however slowly bytes drip; an answer that grows too
long is not read to its end; nothing is unpacked, redirected or sent through a proxy.
What is asked over it is in ``request.py``.

httpx2 limits single steps only: a byte now and then, in a body or in headers, keeps a
request alive for ever, and no option bounds an answer's length. Hence our own.
"""

import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2

_CONNECT_TIMEOUT_S = 10.0
"""Chosen: a server that is there takes a connection at once, however busy it is."""


class AnswerTooLargeError(httpx2.ReadError):
    """An answer has more bytes than are read, or is packed, so that nobody can tell."""


def build_http_client(
    *, timeout_s: float, most_answer_bytes: int, connections: int
) -> httpx2.Client:
    """Build an HTTP client that keeps limits.

    Parameters
    ----------
    timeout_s
        From connecting to the last byte of an answer.
    most_answer_bytes
        Length of an answer's body on the wire.
    connections
        Open at the same time.
    """
    return httpx2.Client(
        transport=_BoundedTransport(timeout_s, most_answer_bytes, connections),
        headers={"Accept-Encoding": "identity"},
        follow_redirects=False,
        trust_env=False,
    )


def build_timeout(timeout_s: float) -> httpx2.Timeout:
    """Build the limits of an exchange's single steps; connecting has a shorter one."""
    return httpx2.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_TIMEOUT_S))


class _Deadline(threading.local):
    """When the exchange of this thread must be over, by ``time.monotonic``."""

    at_s = float("inf")

    def shorten(self, timeout_s: float | None) -> float:
        """Give what a step may take: its own limit, or what is left.

        Raises
        ------
        httpcore2.ReadTimeout
            Nothing is left.
        """
        left_s = self.at_s - time.monotonic()
        if left_s <= 0:
            raise httpcore2.ReadTimeout
        return left_s if timeout_s is None else min(timeout_s, left_s)


class _BoundedTransport(httpx2.BaseTransport):
    """Sends requests over a pool of connections and keeps the limits."""

    def __init__(
        self, timeout_s: float, most_answer_bytes: int, connections: int
    ) -> None:
        self._timeout_s = timeout_s
        self._most_answer_bytes = most_answer_bytes
        self._deadline = _Deadline()
        self._pool = httpcore2.ConnectionPool(
            max_connections=connections,
            network_backend=_DeadlineBackend(self._deadline),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and read its answer whole."""
        self._deadline.at_s = time.monotonic() + self._timeout_s
        outgoing = httpcore2.Request(
            request.method,
            str(request.url),
            headers=request.headers.raw,
            content=request.read(),
            extensions=request.extensions,
        )
        try:
            answer = self._pool.handle_request(outgoing)
            try:
                body = self._read(answer)
            finally:
                answer.close()
        except httpcore2.ConnectTimeout as error:
            raise httpx2.ConnectTimeout(str(error)) from error
        except httpcore2.TimeoutException as error:
            raise httpx2.ReadTimeout(str(error)) from error
        except httpcore2.ConnectError as error:
            raise httpx2.ConnectError(str(error)) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise httpx2.ReadError(str(error)) from error
        return httpx2.Response(answer.status, headers=answer.headers, content=body)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _read(self, answer: httpcore2.Response) -> bytes:
        for name, value in answer.headers:
            if name.lower() == b"content-encoding" and value.lower() != b"identity":
                raise AnswerTooLargeError("the answer is packed")
        body = bytearray()
        for chunk in answer.iter_stream():
            body += chunk
            if len(body) > self._most_answer_bytes:
                raise AnswerTooLargeError("the answer is too long")
        return bytes(body)


class _DeadlineBackend(httpcore2.NetworkBackend):
    """Opens connections whose every step ends by the deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        stream = self._sockets.connect_tcp(
            host, port, self._deadline.shorten(timeout), local_address, socket_options
        )
        return _DeadlineStream(stream, self._deadline)


class _DeadlineStream(httpcore2.NetworkStream):
    """A connection whose every step ends by the deadline of the thread that uses it."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.shorten(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.shorten(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(
            ssl_context, server_hostname, self._deadline.shorten(timeout)
        )
        return _DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
