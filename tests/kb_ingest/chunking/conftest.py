import pytest

from sportsgpt_lib.knowledge.embedder_tokens import MiniLmTokenizer


@pytest.fixture(scope="session")
def tokenizer() -> MiniLmTokenizer:
    return MiniLmTokenizer()
