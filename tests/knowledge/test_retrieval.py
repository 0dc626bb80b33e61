import pytest

from sportsgpt_lib.knowledge.collection import Collection
from sportsgpt_lib.knowledge.passages import build_passages
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever, build_issue_question
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.sports.loader import load_movement

pytestmark = pytest.mark.integration
QUESTION = "A stiff landing meets larger ground reaction forces"


@pytest.fixture
def retriever(
    store: KnowledgeStore, starter: Collection, embedder, empty_knowledge_url: str
) -> PostgresRetriever:
    store.save_sources("starter", starter.sources)
    for source in starter.sources:
        store.save_passages(source.id, build_passages(starter, source))
    texts = store.load_texts_without_embedding(embedder.model_name)
    vectors = embedder.embed(list(texts.values()))
    store.save_embeddings(embedder.model_name, dict(zip(texts, vectors, strict=True)))
    # Word counts lie further apart than the real model's vectors.
    return PostgresRetriever(empty_knowledge_url, embedder, least_best_similarity=0.3)


def test_every_issue_finds_its_technique_and_its_exercise(
    retriever: PostgresRetriever, starter: Collection
):
    for name in {name for card in starter.all_cards for name in card.movements}:
        movement = load_movement(name)
        for issue in movement.issues:
            found = retriever.retrieve(
                build_issue_question(issue), movement=name, issue=issue.name
            )
            assert "technique" in [passage.kind for passage in found], issue.name
            assert all(issue.name in _issues(passage, retriever) for passage in found)


def _issues(passage, retriever) -> list[str]:
    import psycopg

    with psycopg.connect(retriever._url) as connection:
        row = connection.execute(
            "select issues from knowledge.passages where passage_id = %s",
            [passage.passage_id],
        ).fetchone()
    return row[0]


def test_filters_do_not_starve_the_result(retriever: PostgresRetriever):
    found = retriever.retrieve(QUESTION, movement="walking_stride", wanted=5)
    assert all(
        "walk" in p.source_id or p.source_id == "answers-technique" for p in found
    )


def test_both_channels_count(retriever: PostgresRetriever):
    found = retriever.retrieve(QUESTION, wanted=3)
    best = found[0]
    assert best.title == "Stiff landing"
    assert best.vector_place == 1
    assert best.text_place is not None
    expected = 1 / (60 + best.vector_place) + 1 / (60 + best.text_place)
    assert best.fused_score == pytest.approx(expected)
    assert [p.fused_score for p in found] == sorted(
        (p.fused_score for p in found), reverse=True
    )


def test_nothing_close_enough_gives_nothing(retriever: PostgresRetriever):
    assert retriever.retrieve("interest rates of central banks") == ()
    assert retriever.retrieve("") == ()


def test_unknown_issue_gives_nothing(retriever: PostgresRetriever):
    assert retriever.retrieve(QUESTION, issue="no_such_issue") == ()


def test_withdrawn_source_vanishes_at_once(
    retriever: PostgresRetriever, store: KnowledgeStore
):
    version = retriever.compute_knowledge_version()
    assert retriever.retrieve(QUESTION, issue="stiff_landing")
    store.withdraw("cards-drop-landing", "recalled by its owner")
    left = retriever.retrieve(QUESTION, issue="stiff_landing")
    assert {passage.source_id for passage in left} <= {"answers-technique"}
    assert retriever.compute_knowledge_version() != version


def test_a_known_question_asks_no_embedder(
    retriever: PostgresRetriever, embedder, empty_knowledge_url: str
):
    first = retriever.retrieve(QUESTION)
    embedder.embedded.clear()
    again = PostgresRetriever(empty_knowledge_url, embedder, least_best_similarity=0.3)
    assert again.retrieve(QUESTION) == first
    assert embedder.embedded == []


def test_text_of_a_question_is_data_for_the_database(retriever: PostgresRetriever):
    attack = "'; drop table knowledge.sources; -- & | ! ( <-> landing"
    retriever.retrieve(attack)
    assert retriever.retrieve(QUESTION)
