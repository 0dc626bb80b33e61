"""A real HTTP server that speaks, and misspeaks, as an OpenAI-compatible one.

It runs in this process, told what to reply, or in one of its own (``main``), where it
can be killed. It knows nothing but the standard library.
"""

import argparse
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_CHUNK_BYTES = 65_536
DATA_OPEN, DATA_CLOSE = "<data>", "</data>"
Speak = Callable[[dict], str]


@dataclass(frozen=True)
class Reply:
    """What becomes of one request; the parts happen in this order.

    ``wait_s`` before the first byte; ``drip_s`` between single bytes of the body;
    ``cut_after`` bytes of the body the connection is reset, None = never; ``repeat``
    sends the body so often. ``speak`` makes the message of a chat completion of the
    request in place of ``body``.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    speak: Speak | None = None
    wait_s: float = 0.0
    drip_s: float = 0.0
    cut_after: int | None = None
    repeat: int = 1


class ModelServer:
    """Answers with the replies it was given, in order; the last one is repeated."""

    def __init__(self, port: int = 0) -> None:
        self.replies: list[Reply] = []
        self.requests: list[dict] = []
        self.wire: list[bytes] = []
        self.sent_bytes = 0
        self.most_at_once = 0
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._at_once = 0
        self._http = _Http(self, port)
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def heard(self) -> str:
        """Everything that came over the wire, headers included."""
        return b"\n".join(self.wire).decode("utf-8", "replace")

    def reply(self, reply: Reply) -> "ModelServer":
        self.replies.append(reply)
        return self

    def say(self, content: str, **changes: object) -> "ModelServer":
        """Reply a chat completion with this message."""
        return self.reply(Reply(body=write_completion(content, **changes)))

    def speak(self, speak: Speak, **changes: object) -> "ModelServer":
        """Reply a chat completion with what ``speak`` makes of the request."""
        return self.reply(Reply(speak=speak, **changes))

    def refuse(self, status: int, body: str = "{}", **headers: str) -> "ModelServer":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.reply(Reply(status, body.encode(), named))

    def stop(self) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def take(self, head: bytes, body: bytes) -> Reply:
        """Note a request and choose its reply."""
        with self._lock:
            self.wire.append(head + b"\n\n" + body)
            self.requests.append(json.loads(body))
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            place = min(len(self.requests), len(self.replies)) - 1
            return self.replies[place]

    def leave(self) -> None:
        with self._lock:
            self._at_once -= 1

    def _serve(self) -> None:
        self._http.serve_forever(poll_interval=0.01)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, owner: ModelServer, port: int) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, *_args: object) -> None:
        """A client that hangs up is what tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        head = f"{self.requestline}\n{self.headers}".encode()
        received = self.rfile.read(length)
        reply = self.server.owner.take(head, received)
        try:
            body = self._think(reply, received)
        finally:
            # Before the answer goes out: whoever reads it may ask again at once.
            self.server.owner.leave()
        self._send(reply, body)

    def _think(self, reply: Reply, received: bytes) -> bytes:
        self.server.owner.stopping.wait(reply.wait_s)
        if reply.speak is not None:
            return write_completion(reply.speak(json.loads(received)))
        return reply.body * reply.repeat

    def _send(self, reply: Reply, body: bytes) -> None:
        self.send_response(reply.status)
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **reply.headers,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.cut_after is not None:
            self.wfile.write(body[: reply.cut_after])
            self._reset()
        elif reply.drip_s:
            self._drip(body, reply.drip_s)
        else:
            self._pour(body)

    def _drip(self, body: bytes, pause_s: float) -> None:
        for place in range(len(body)):
            if self.server.owner.stopping.wait(pause_s):
                return
            self.wfile.write(body[place : place + 1])

    def _pour(self, body: bytes) -> None:
        for start in range(0, len(body), _CHUNK_BYTES):
            self.wfile.write(body[start : start + _CHUNK_BYTES])
            self.server.owner.sent_bytes += _CHUNK_BYTES

    def _reset(self) -> None:
        """Hang up without a farewell, as a process that dies does."""
        self.wfile.flush()
        no_linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_args: object) -> None:
        pass


def write_completion(
    content: object, *, finish_reason: str = "stop", usage: object = None
) -> bytes:
    """Write a chat completion as JSON."""
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "finish_reason": finish_reason, "message": message}
    counts = {"prompt_tokens": 900, "completion_tokens": 300, "total_tokens": 1200}
    completion = {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "tiny",
        "choices": [choice],
        "usage": counts if usage is None else usage,
    }
    return json.dumps(completion).encode()


def read_data(request: Mapping) -> dict:
    """Read the case that a request puts as data."""
    content = request["messages"][1]["content"]
    return json.loads(content[len(DATA_OPEN) : -len(DATA_CLOSE)])


def answer_truly(request: Mapping) -> str:
    """Answer as a good model would: the data's own numbers and words."""
    data = read_data(request)
    facts = {fact["id"]: fact for fact in data["facts"]}
    passages = {part["id"]: part for part in data["passages"]}
    return json.dumps(
        {
            "summary": [_say_of_movement(part, facts) for part in data["movements"]],
            "strengths": [],
            "findings": [_say_of_issue(i, facts, passages) for i in data["issues"]],
            "plan": _choose_exercises(data["issues"], passages),
        },
        ensure_ascii=False,
    )


def _say_of_movement(movement: Mapping, facts: Mapping) -> dict:
    count = facts[movement["facts"][0]]
    text = f"{movement['name']}: {count['total']}."
    return {"text": text, "facts": [count["id"]], "passages": []}


def _say_of_issue(issue: Mapping, facts: Mapping, passages: Mapping) -> dict:
    seen = [
        {"text": f"{fact['label']}: {fact['value']}.", "facts": [name]}
        for name in issue["facts"]
        if (fact := facts[name])["kind"] == "metric" and fact.get("value") is not None
    ]
    count = facts[issue["facts"][0]]
    if not seen:
        text = f"{issue['issue_name']}: {count['value']:.0f} / {count['total']}."
        seen = [{"text": text, "facts": [count["id"]]}]
    return {
        "issue": issue["issue"],
        "movement": issue["movement"],
        "seen": [{**sentence, "passages": []} for sentence in seen],
        "why": [
            _quote(passages[name])
            for name in issue["passages"]
            if passages[name]["kind"] == "technique"
        ][:1],
        "cause": [],
    }


def _choose_exercises(issues: list, passages: Mapping) -> list:
    chosen: dict[str, list[str]] = {}
    for issue in issues:
        names = [n for n in issue["passages"] if passages[n]["kind"] == "exercise"]
        if names and issue["pattern"] != "slip":
            chosen.setdefault(names[0], []).append(issue["issue"])
    return [
        {
            "passage": name,
            "issues": list(dict.fromkeys(answered)),
            "how": [_quote(passages[name])],
            "success": [],
        }
        for name, answered in list(chosen.items())[:3]
    ]


def _quote(passage: Mapping) -> dict:
    """Quote the first sentence of a passage."""
    text = passage["text"]
    ends = [text.find(mark) for mark in (". ", "。", "\n") if text.find(mark) > 0]
    end = min(ends, default=len(text) - 1) + 1
    return {"text": text[:end].strip(), "facts": [], "passages": [passage["id"]]}


def main(arguments: list[str]) -> None:
    """Serve until killed; the first line on standard output is the port."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--wait-s", type=float, default=0.0)
    options = parser.parse_args(arguments)
    server = ModelServer(options.port)
    server.speak(answer_truly, wait_s=options.wait_s)
    print(server.port, flush=True)  # noqa: T201 -- whoever started it reads this
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main(sys.argv[1:])
