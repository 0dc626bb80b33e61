import pytest

from orchestration.knowledge_backend import (
    build_embedder,
    build_folders,
    build_reranker,
)
from orchestration.settings import Settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.knowledge.embedder import MINILM_SHA256
from sportsgpt_lib.knowledge.retrieval_rerank import (
    CrossEncoderReranker,
    TokenReranker,
)

URL = "http://127.0.0.1:1/v1"


def test_the_offline_model_is_the_default(settings):
    assert MINILM_SHA256.startswith(build_embedder(settings).model_name[-12:])
    assert build_reranker(settings, build_embedder(settings)) is None


def test_a_server_is_asked_as_the_settings_say(home):
    embedder = build_embedder(
        Settings(
            embedding_url=URL,
            embedding_model="bge-m3",
            embedding_revision="2",
            embedding_dimension=1024,
            embedding_languages="en, zh",
        )
    )
    assert embedder.model_name == "bge-m3@2"
    assert embedder.dimension == 1024
    assert embedder.languages == {"en", "zh"}


def test_a_server_without_its_model_is_refused(home):
    with pytest.raises(SettingError, match="SPORTSGPT_EMBEDDING_MODEL"):
        build_embedder(Settings(embedding_url=URL))


def test_a_language_that_no_source_has_is_refused(home):
    with pytest.raises(SettingError, match="klingon is no language"):
        build_embedder(Settings(embedding_languages="en,klingon"))


def test_own_folders_come_after_the_starter(home, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    folders = build_folders(Settings(knowledge=f"{first}:{second}:"))
    assert [f.collection for f in folders] == ["starter", "first", "second"]


def test_folders_that_are_not_there_or_share_a_name_are_refused_at_once(home, tmp_path):
    taken = tmp_path / "starter"
    taken.mkdir()
    with pytest.raises(SettingError) as caught:
        build_folders(Settings(knowledge=f"{taken}:{tmp_path / 'missing'}"))
    assert len(caught.value.problems) == 2
    assert caught.value.where == "SPORTSGPT_KNOWLEDGE"


def test_the_re_ranker_is_that_of_the_settings(home, tmp_path):
    own = build_embedder(Settings())
    tokens = Settings(reranker="tokens")
    assert isinstance(build_reranker(tokens, own), TokenReranker)
    folder = Settings(reranker=str(tmp_path))
    assert isinstance(build_reranker(folder, own), CrossEncoderReranker)
    server = build_embedder(Settings(embedding_url=URL, embedding_model="bge-m3"))
    with pytest.raises(SettingError, match="vectors of tokens"):
        build_reranker(tokens, server)
    with pytest.raises(SettingError, match="is no folder"):
        build_reranker(Settings(reranker=str(tmp_path / "nothing")), own)
