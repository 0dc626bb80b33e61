import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.knowledge.embedder_endpoint import EndpointEmbedder, EndpointSettings

Answer = Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]]
DIMENSION = 8


def build_vector(text: str) -> list[float]:
    return [float(len(text) + place) for place in range(DIMENSION)]


def answer_well(request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    texts = request["input"]
    data = [
        {"object": "embedding", "index": place, "embedding": build_vector(text)}
        for place, text in reversed(list(enumerate(texts)))
    ]
    body = {"object": "list", "data": data, "model": request["model"], "usage": {}}
    return 200, {}, json.dumps(body).encode()


def refuse(status: int, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: (status, named, b'{"error": {"message": "no"}}')


def answer_with(vectors: list[list[float]]) -> Answer:
    data = [{"index": n, "embedding": vector} for n, vector in enumerate(vectors)]
    return lambda _request: (200, {}, json.dumps({"data": data}).encode())


class EmbeddingServer:
    """A real server; each answer of ``plan`` is given once, then it answers well."""

    def __init__(self) -> None:
        self.plan: list[Answer] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                request = json.loads(self.rfile.read(size))
                outer.requests.append(request)
                outer.keys.append(self.headers["Authorization"])
                answer = outer.plan.pop(0) if outer.plan else answer_well
                status, headers, body = answer(request)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    running = EmbeddingServer()
    yield running
    running.close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def build(server: EmbeddingServer, waits: list[float]):
    def build_embedder(**stated: Any) -> EndpointEmbedder:
        settings = {
            "base_url": server.url,
            "model": "bge",
            "api_key": SecretStr("key-7"),
            "dimension": DIMENSION,
        }
        return EndpointEmbedder(
            EndpointSettings(**(settings | stated)), sleep=waits.append
        )

    return build_embedder


def test_texts_are_asked_in_batches_and_come_back_in_order(server, build):
    texts = ["a" * length for length in range(1, 8)]
    vectors = build(batch_texts=3).embed(texts)
    assert [len(request["input"]) for request in server.requests] == [3, 3, 1]
    expected = np.array([build_vector(text) for text in texts])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, expected, atol=1e-6)
    assert set(server.keys) == {"Bearer key-7"}


def test_building_one_and_asking_for_nothing_asks_no_server(server, build):
    embedder = build(revision="2026-01")
    assert embedder.model_name == "bge@2026-01"
    assert embedder.embed([]).shape == (0, DIMENSION)
    assert server.requests == []


def test_the_dimension_is_asked_for_once_where_it_is_not_set(server, build):
    embedder = build(dimension=None)
    assert embedder.dimension == embedder.dimension == DIMENSION
    assert len(server.requests) == 1
    assert "dimensions" not in server.requests[0]


def test_what_may_pass_is_tried_again_with_growing_waits(server, build, waits):
    server.plan = [refuse(503), refuse(500), refuse(429, retry_after="7")]
    assert build().embed(["a"]).shape == (1, DIMENSION)
    assert waits == [1.0, 2.0, 7.0]


def test_a_server_may_ask_to_wait_until_a_date(server, build, waits):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    server.plan = [refuse(429, retry_after=date), refuse(503, retry_after="soon")]
    build().embed(["a"])
    assert waits[0] == pytest.approx(30.0, abs=5.0)
    assert waits[1] == pytest.approx(2 * waits[0])


def test_a_password_in_the_address_is_not_told(server, build):
    server.plan = [refuse(404)]
    address = server.url.replace("http://", "http://librarian:secret-7@")
    with pytest.raises(ModelServiceError) as caught:
        build(base_url=f"{address}?token=secret-8").embed(["a"])
    told = str(caught.value)
    assert "secret" not in told
    assert "127.0.0.1" in told


def test_what_cannot_pass_is_not_tried_again(server, build, waits):
    server.plan = [refuse(401)]
    with pytest.raises(ModelServiceError, match="status 401") as caught:
        build().embed(["a"])
    assert waits == []
    assert "key-7" not in str(caught.value)


def test_attempts_come_to_an_end(server, build, waits):
    server.plan = [refuse(503)] * 9
    with pytest.raises(ModelServiceError, match="status 503"):
        build(attempts=3).embed(["a"])
    assert len(server.requests) == 3
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (answer_with([[1.0] * DIMENSION]), "1 vectors for 2 texts"),
        (lambda _: (200, {}, b'{"data": 7}'), "not a list of embeddings"),
        (lambda _: (200, {}, b"<html>"), "not a list of embeddings"),
    ],
    ids=["too few", "no list", "not json"],
)
def test_an_answer_of_another_shape_is_refused(server, build, answer, said: str):
    server.plan = [answer] * 2
    with pytest.raises(ModelServiceError, match=said):
        build(attempts=2).embed(["a", "b"])


@pytest.mark.parametrize(
    ("vectors", "said"),
    [
        ([[1.0] * 4], r"vectors have \[4\] numbers; 8 are expected"),
        ([[0.0] * DIMENSION], "all zero"),
        ([[float("nan")] * DIMENSION], "not finite"),
    ],
    ids=["dimension", "zero", "nan"],
)
def test_vectors_that_cannot_be_used_are_refused(server, build, vectors, said: str):
    server.plan = [answer_with(vectors)]
    with pytest.raises(ModelServiceError, match=said):
        build().embed(["a"])


def test_a_server_that_hangs_is_given_up(server, build):
    release = threading.Event()

    def hang(request):
        release.wait(5.0)
        return answer_well(request)

    server.plan = [hang]
    try:
        with pytest.raises(ModelServiceError, match="did not answer in time"):
            build(timeout_s=0.2, attempts=1).embed(["a"])
    finally:
        release.set()


def test_a_server_that_is_not_there_is_said_to_be_so(build):
    with pytest.raises(ModelServiceError, match="could not be reached"):
        build(base_url="http://127.0.0.1:1/v1", attempts=1).embed(["a"])


def test_an_answer_without_end_is_not_read_to_its_end(server, build, monkeypatch):
    monkeypatch.setattr(
        "sportsgpt_lib.knowledge.embedder_endpoint._MOST_ANSWER_BYTES", 100_000
    )
    server.plan = [lambda _request: (200, {}, b"[" * 1_000_000)]
    with pytest.raises(ModelServiceError, match="too long to be read"):
        build().embed(["a"])
    assert len(server.requests) == 1


def test_requests_keep_their_distance(server, build, waits):
    build(batch_texts=1, requests_per_minute=60.0).embed(["a", "b", "c"])
    assert len(waits) == 2
    assert waits[0] == pytest.approx(1.0, abs=0.5)
    assert waits[1] > waits[0]
