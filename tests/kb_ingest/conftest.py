from pathlib import Path

import pytest

import kb_ingest.source_making
from sportsgpt_lib.knowledge.store import KnowledgeStore
from tests.kb_ingest.library import Library, WordEmbedder, empty, fill, parse_here


@pytest.fixture
def parsed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in this process: a process for each file costs most of a test's time."""
    monkeypatch.setattr(kb_ingest.source_making, "parse_file", parse_here)


@pytest.fixture
def url(postgres_url: str) -> str:
    return empty(postgres_url)


@pytest.fixture
def store(url: str) -> KnowledgeStore:
    return KnowledgeStore(url)


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def bare_library(tmp_path: Path) -> Library:
    return Library(tmp_path / "federation")


@pytest.fixture
def library(bare_library: Library) -> Library:
    fill(bare_library)
    return bare_library
