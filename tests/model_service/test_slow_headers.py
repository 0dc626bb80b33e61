import socket
import threading
from contextlib import suppress

import pytest

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.model_service.port import ChatMessage, ChatQuestion

QUESTION = ChatQuestion((ChatMessage("user", "Why?"),))


@pytest.fixture
def dripping_headers():
    """A server whose headers never end: a letter now and then."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(20)
    done = threading.Event()

    def serve() -> None:
        with suppress(OSError):  # the client may hang up at any byte
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while not done.wait(0.05):
                    connection.sendall(b"a")

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    done.set()
    listening.close()
    thread.join()


@pytest.mark.timeout(30)
def test_headers_that_never_end_meet_the_deadline(dripping_headers, connect):
    client = connect(dripping_headers, timeout_s=0.5, attempts=1)
    with pytest.raises(ModelServiceError, match="did not answer in time"):
        client.ask(QUESTION)
