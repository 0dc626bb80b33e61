from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from sportsgpt_lib.model_service.client import ModelClient
from sportsgpt_lib.model_service.settings import ModelSettings
from tests.guidance.model_server import ModelServer

KEY = "not-a-key"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    server = ModelServer()
    yield server
    server.stop()


@pytest.fixture
def connect() -> Callable[..., ModelClient]:
    def build(url: str, sleep: Callable[[float], None] | None = None, **changes: Any):
        settings = {
            "timeout_s": 60.0,
            "attempts": 2,
            "first_wait_s": 0.01,
            "patience_s": 0.3,
            **changes,
        }
        return ModelClient(
            ModelSettings(url, "tiny", SecretStr(KEY), **settings),
            **({"sleep": sleep} if sleep else {}),
        )

    return build
