import threading
from dataclasses import replace

import numpy as np
import psycopg
import pytest
from pgvector import HalfVector
from psycopg import sql

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge import embedding_run
from sportsgpt_lib.knowledge.embedding_models import (
    IndexSettings,
    ModelRegistry,
    choose_model,
)
from sportsgpt_lib.knowledge.embedding_run import embed_passages
from sportsgpt_lib.knowledge.embedding_vectors import VectorStore
from sportsgpt_lib.knowledge.postgres import (
    fetch_rows,
    load_statement,
    open_knowledge_base,
    set_for_transaction,
)
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever
from sportsgpt_lib.knowledge.retrieval_abstention import AbstentionRule
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
from tests.knowledge.conftest import WordEmbedder

pytestmark = pytest.mark.integration
ANY = AbstentionRule(least_similarity=0.0, word_relief=0.0, least_word_share=0.0)
WORDS = [
    "ankle",
    "balance",
    "contact",
    "descent",
    "elbow",
    "flexion",
    "ground",
    "hip",
    "impact",
    "jump",
    "knee",
    "landing",
    "muscle",
    "narrow",
    "overhead",
    "pelvis",
    "quiet",
    "recovery",
    "sprint",
    "trunk",
    "upright",
    "velocity",
    "wrist",
]


class FailingEmbedder(WordEmbedder):
    """Stops, as if it were killed, before it embeds one text more than allowed."""

    def __init__(self, allowed: int) -> None:
        super().__init__()
        self._allowed = allowed

    def embed(self, texts):
        if len(self.embedded) + len(texts) > self._allowed:
            raise KeyboardInterrupt
        return super().embed(texts)


class OtherEmbedder(WordEmbedder):
    """Gives vectors of the same length as if it were another model."""

    def embed(self, texts):
        return np.roll(super().embed(texts), 1, axis=1)


class BlankEmbedder(WordEmbedder):
    """Gives vectors without length."""

    def embed(self, texts):
        return np.zeros((len(texts), self.dimension), dtype=np.float32)


def build_texts(count: int) -> list[str]:
    rng = np.random.default_rng(7)
    return [
        f"{' '.join(rng.choice(WORDS, size=rng.integers(6, 14)))} {number}."
        for number in range(count)
    ]


@pytest.fixture
def save_book(store, build_source, build_passage):
    """Save a book of so many passages; gives them."""

    def save(count: int, book: str = "book", **stated: object):
        store.save_sources(f"{book}s", [build_source(book, **stated)])
        language = stated.get("language", "en")
        passages = [
            build_passage(book, number, text, language=language)
            for number, text in enumerate(build_texts(count))
        ]
        store.save_passages(book, passages)
        return passages

    return save


@pytest.fixture
def url(empty_knowledge_url: str) -> str:
    return empty_knowledge_url


def count_vectors(url: str, name: str) -> int:
    table = sql.Identifier(ModelRegistry(url).find(name).vectors)
    query = sql.SQL("select count(*) from knowledge.{}").format(table)
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def test_every_passage_gets_a_vector_and_a_second_run_embeds_nothing(
    url, save_book, embedder
):
    save_book(300)
    first = embed_passages(url, embedder)
    assert (first.embedded_now, first.coverage.embedded) == (300, 300)
    assert first.is_active
    assert first.recall_ratio >= 0.95
    embedder.embedded.clear()
    again = embed_passages(url, embedder)
    assert (again.embedded_now, embedder.embedded) == (0, [])


def test_one_changed_paragraph_embeds_one_text_though_all_others_move(
    url, store, save_book, build_passage, embedder
):
    passages = save_book(40)
    embed_passages(url, embedder)
    embedder.embedded.clear()
    inserted = build_passage("book", 0, "A paragraph of the new edition.")
    moved = [replace(part, chunk_no=part.chunk_no + 1) for part in passages]
    counts = store.save_passages("book", [inserted, *moved])
    assert (counts.new, counts.superseded) == (41, 40)
    assert embed_passages(url, embedder).embedded_now == 1
    assert embedder.embedded == ["Landing. A paragraph of the new edition."]


def test_texts_no_longer_in_use_lose_their_vectors(url, store, save_book, embedder):
    passages = save_book(10)
    embed_passages(url, embedder)
    store.save_passages("book", passages[:4])
    assert embed_passages(url, embedder).pruned == 6
    assert count_vectors(url, embedder.model_name) == 4


def test_a_killed_run_loses_one_batch_and_no_text_is_embedded_twice(
    url, save_book, monkeypatch
):
    monkeypatch.setattr(embedding_run, "_BATCH_TEXTS", 16)
    save_book(100)
    killed = FailingEmbedder(allowed=70)
    with pytest.raises(KeyboardInterrupt):
        embed_passages(url, killed)
    assert count_vectors(url, killed.model_name) == len(killed.embedded) == 64
    assert ModelRegistry(url).find_active() is None
    resumed = WordEmbedder()
    assert embed_passages(url, resumed).embedded_now == 36
    assert not set(killed.embedded) & set(resumed.embedded)


def test_progress_is_told_and_ends_at_the_total(url, save_book, embedder):
    save_book(150)
    told = []
    embed_passages(url, embedder, report=lambda *step: told.append(step))
    embedded = [step for step in told if step[0] == "embed"]
    assert embedded == [("embed", 128, 150), ("embed", 150, 150)]
    assert ("recall", 1, 1) in told


def test_batches_hold_texts_of_like_length(url, save_book, embedder):
    save_book(256)
    embed_passages(url, embedder)
    lengths = [len(text) for text in embedder.embedded]
    assert lengths == sorted(lengths)


def test_a_language_the_model_does_not_know_lives_on_the_text_channel(
    url, save_book, embedder
):
    save_book(6)
    save_book(4, book="shu", language="zh")
    english = WordEmbedder(languages=frozenset({"en"}))
    coverage = embed_passages(url, english).coverage
    assert (coverage.passages, coverage.readable, coverage.embedded) == (10, 6, 6)
    assert coverage.text_channel_only == 4
    every = WordEmbedder("multilingual@1")
    assert embed_passages(url, every).coverage.embedded == 10


def test_vectors_without_length_are_refused_and_nothing_is_saved(url, save_book):
    save_book(3)
    blank = BlankEmbedder("blank@1")
    with pytest.raises(DatabaseError, match="1 of 1 are not finite or not of unit"):
        embed_passages(url, blank)
    assert count_vectors(url, "blank@1") == 0


def test_another_dimension_under_the_same_name_is_refused(url, save_book):
    save_book(3)
    embed_passages(url, WordEmbedder(dimension=384))
    save_book(5)
    with pytest.raises(DatabaseError, match=r"shape \(1, 256\); \(1, 384\) is allowed"):
        embed_passages(url, WordEmbedder(dimension=256))


@pytest.mark.parametrize("is_server", [False, True])
def test_another_model_that_answers_under_the_same_name_is_noticed(
    url, save_book, embedder, *, is_server: bool
):
    save_book(5)
    embed_passages(url, embedder)
    other = OtherEmbedder()
    # Its vectors are also asked for by questions, though no passage is new.
    if is_server:
        other.weights_sha256 = None
    else:
        save_book(9)
    with pytest.raises(DatabaseError, match="another model answers under this name"):
        embed_passages(url, other)
    assert count_vectors(url, embedder.model_name) == 5
    assert other.embedded == []
    assert ModelRegistry(url).find_active().name == embedder.model_name


def test_the_languages_of_a_known_model_follow_the_settings(url, save_book):
    save_book(3)
    save_book(4, book="shu", language="zh")
    english = WordEmbedder(languages=frozenset({"en"}))
    assert embed_passages(url, english).coverage.readable == 3
    both = WordEmbedder(languages=frozenset({"en", "zh"}))
    assert embed_passages(url, both).embedded_now == 4


def test_a_deleted_model_may_come_back_with_another_dimension(url, save_book):
    save_book(3)
    embed_passages(url, WordEmbedder("ours@1", 64))
    embed_passages(url, WordEmbedder("other@1"))
    ModelRegistry(url).delete("ours@1")
    assert embed_passages(url, WordEmbedder("ours@1", 32)).coverage.embedded == 3


def test_a_model_deleted_meanwhile_is_not_activated_and_the_former_one_stays(
    url, save_book, monkeypatch
):
    save_book(3)
    embed_passages(url, WordEmbedder("former@1"))
    embed_passages(url, WordEmbedder("new@1"))
    registry = ModelRegistry(url)
    known = registry.find("former@1")
    registry.delete("former@1")
    monkeypatch.setattr(ModelRegistry, "_load", lambda _self, _name: known)
    with pytest.raises(DatabaseError, match="were deleted meanwhile"):
        registry.activate("former@1")
    assert registry.find_active().name == "new@1"


def test_vectors_too_long_for_an_index_are_refused(url, save_book):
    save_book(1)
    with pytest.raises(DatabaseError, match="at most 4000 can be indexed"):
        embed_passages(url, WordEmbedder("long@1", dimension=4001))


@pytest.mark.parametrize("kind", ["halfvec", "bit"])
def test_recall_compares_the_index_with_exact_search(url, save_book, kind: str):
    save_book(400)
    embedder = WordEmbedder(f"words-{kind}@1")
    outcome = embed_passages(url, embedder, index=IndexSettings(kind=kind))
    assert outcome.recall_ratio >= 0.95
    model = ModelRegistry(url).find_active()
    statement = "nearest_vectors_by_signs" if kind == "bit" else "nearest_vectors"
    plans = {}
    with open_knowledge_base(url) as connection:
        question = fetch_rows(connection, "sample_vectors", 1, vectors=model.vectors)
        parameters = [question[0][0], 10, *([200] if kind == "bit" else [])]
        for name, settings in (
            ("exact", {"enable_indexscan": "off"}),
            ("index", {"enable_seqscan": "off", "enable_sort": "off"}),
        ):
            for setting, value in settings.items():
                set_for_transaction(connection, setting, value)
            text = load_statement(statement, model.vectors)
            lines = connection.execute(f"explain {text}", parameters).fetchall()
            plans[name] = "\n".join(line[0] for line in lines)
            connection.rollback()
    assert "_hnsw" in plans["index"]
    assert "_hnsw" not in plans["exact"]


def test_a_model_whose_index_misses_too_much_is_not_activated(
    url, save_book, embedder, monkeypatch
):
    save_book(20)
    embed_passages(url, embedder)
    monkeypatch.setattr(
        VectorStore,
        "_find_distances",
        lambda _self, questions, search_ef: [
            [0.1 if search_ef is None else 0.2] for _ in questions
        ],
    )
    with pytest.raises(DatabaseError, match=r"recall against exact search is 0\.000"):
        embed_passages(url, WordEmbedder("worse@1"))
    registry = ModelRegistry(url)
    assert registry.find_active().name == embedder.model_name
    assert registry.find("worse@1").state == "building"


def test_an_index_is_searched_as_broadly_as_its_recall_needs(
    url, save_book, embedder, monkeypatch
):
    save_book(20)
    asked: list[int | None] = []

    def find(_self, questions, search_ef):
        asked.append(search_ef)
        finds_it = search_ef is None or search_ef >= 700
        return [[0.1 if finds_it else 0.2] for _ in questions]

    monkeypatch.setattr(VectorStore, "_find_distances", find)
    outcome = embed_passages(url, embedder)
    assert asked == [None, 200, 400, 700]
    assert outcome.recall_ratio == 1.0
    assert ModelRegistry(url).find_active().search_ef == 700


def test_readers_never_fail_while_the_model_is_switched_and_the_old_one_deleted(
    url, save_book
):
    save_book(200)
    old, new = WordEmbedder("old@1", 384), WordEmbedder("new@1", 96)
    embed_passages(url, old)
    question = build_texts(1)[0]
    done = threading.Event()
    failures: list[BaseException] = []
    answers: dict[str, list[int]] = {"old@1": [], "both": []}

    def read(name: str, embedders: tuple[WordEmbedder, ...]) -> None:
        while not done.is_set():
            try:
                with open_knowledge_base(url) as connection:
                    model = choose_model(connection, [e.model_name for e in embedders])
                    chosen = next(e for e in embedders if e.model_name == model.name)
                    rows = fetch_rows(
                        connection,
                        "nearest_vectors",
                        HalfVector(chosen.embed([question])[0]),
                        5,
                        vectors=model.vectors,
                    )
                answers[name].append(len(rows))
            except BaseException as failure:  # noqa: BLE001 -- any failure counts
                failures.append(failure)

    registry = ModelRegistry(url)
    readers = [
        threading.Thread(target=read, args=("old@1", (WordEmbedder("old@1", 384),))),
        threading.Thread(
            target=read,
            args=("both", (WordEmbedder("old@1", 384), WordEmbedder("new@1", 96))),
        ),
    ]
    for reader in readers:
        reader.start()
    try:
        embed_passages(url, new)
        assert registry.roll_back().name == "old@1"
        assert registry.roll_back().name == "new@1"
        seen = len(answers["old@1"])
        while len(answers["old@1"]) < seen + 3 and not failures:
            done.wait(0.01)
        registry.activate("old@1")
        registry.delete("new@1")
        seen = len(answers["both"])
        while len(answers["both"]) < seen + 3 and not failures:
            done.wait(0.01)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert failures == []
    assert set(answers["old@1"]) == set(answers["both"]) == {5}
    assert registry.find("new@1").table_name is None


def test_a_reader_of_one_model_outlives_the_switch_to_another(url, save_book):
    save_book(30)
    old = WordEmbedder("old@1")
    embed_passages(url, old)
    retriever = PostgresRetriever(url, old, rule=ANY)
    question = build_texts(1)[0]
    before = retriever.retrieve(question)
    assert before
    embed_passages(url, WordEmbedder("new@1", 64))
    assert ModelRegistry(url).find_active().name == "new@1"
    assert retriever.retrieve(question) == before


def test_a_deleted_model_can_be_built_again_and_the_active_one_cannot_be_deleted(
    url, save_book, embedder
):
    save_book(5)
    embed_passages(url, embedder)
    registry = ModelRegistry(url)
    with pytest.raises(DatabaseError, match="is the active model"):
        registry.delete(embedder.model_name)
    with pytest.raises(DatabaseError, match="no former model"):
        registry.roll_back()
    embed_passages(url, WordEmbedder("new@1"))
    registry.delete(embedder.model_name)
    with pytest.raises(DatabaseError, match="were deleted"):
        _ = registry.find(embedder.model_name).vectors
    again = embed_passages(url, embedder)
    assert (again.embedded_now, again.is_active) == (5, True)


def test_a_collection_that_comes_later_gets_its_partition_and_its_index(
    url, save_book, embedder
):
    save_book(10)
    embed_passages(url, embedder)
    save_book(10, book="another")
    assert embed_passages(url, embedder).embedded_now == 10
    table = ModelRegistry(url).find_active().vectors
    with psycopg.connect(url) as connection:
        indexes = connection.execute(
            "select count(*) from pg_indexes where schemaname = 'knowledge'"
            " and indexname like %s",
            [f"{table}%another%hnsw"],
        ).fetchone()
    assert indexes == (1,)


def test_the_pipeline_login_can_embed_switch_and_delete_without_owning_anything(
    embedded_postgres: EmbeddedPostgres, url, save_book
):
    save_book(5)
    pipeline_url = embedded_postgres.url("pipeline")
    embed_passages(pipeline_url, WordEmbedder("old@1"))
    embed_passages(pipeline_url, WordEmbedder("new@1", 64))
    ModelRegistry(pipeline_url).delete("old@1")
    with psycopg.connect(pipeline_url) as connection:
        owned = connection.execute(
            "select count(*) from pg_class where pg_get_userbyid(relowner) ="
            " current_user and relpersistence = 'p'"
        ).fetchone()
    assert owned == (0,)
