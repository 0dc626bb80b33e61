from pathlib import Path

import pytest

from orchestration.knowledge_backend import CALIBRATION_FILE
from sportsgpt_lib.errors import DatabaseError, KnowledgeError
from sportsgpt_lib.knowledge.calibration import (
    LEAST_QUESTIONS,
    Closeness,
    fit_rule,
    load_calibration_questions,
    measure_closeness,
    validate_searched,
)
from sportsgpt_lib.knowledge.embedding_models import ModelRegistry
from sportsgpt_lib.knowledge.embedding_run import embed_passages
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever
from sportsgpt_lib.knowledge.retrieval_abstention import (
    DEFAULT_RULE,
    UNFITTED_RULE,
    AbstentionRule,
    choose_rule,
    read_rule,
)
from tests.knowledge.conftest import WordEmbedder

LISTS = "answered = {}\nunanswered = {}\n"


def build_close(*pairs: tuple[float, float]) -> list[Closeness]:
    return [Closeness(*pair) for pair in pairs for _ in range(LEAST_QUESTIONS)]


def test_limits_part_the_two_kinds_with_room_on_both_sides():
    fitted = fit_rule(
        build_close((0.8, 0.5), (0.9, 0.1)), build_close((0.4, 0.2), (0.3, 0.6))
    )
    assert fitted.wrongly_empty_ratio == fitted.wrongly_answered_ratio == 0.0
    rule = fitted.rule
    assert rule.find_reason(0.75, 0.4, "en") is None
    assert rule.find_reason(0.42, 0.3, "en") is not None


def test_equally_good_limits_leave_room_for_both_kinds():
    rule = fit_rule(build_close((0.8, 1.0)), build_close((0.4, 0.0))).rule
    middle = (0.8 + rule.word_relief + 0.4) / 2
    assert rule.least_similarity == pytest.approx(middle, abs=0.011)


def test_words_count_where_similarity_alone_cannot_part_the_kinds():
    fitted = fit_rule(build_close((0.5, 0.9)), build_close((0.55, 0.1)))
    assert fitted.wrongly_empty_ratio + fitted.wrongly_answered_ratio == 0.0
    assert fitted.rule.word_relief > 0.0


def test_too_few_questions_are_refused(tmp_path: Path):
    with pytest.raises(KnowledgeError, match="1 answered and 10 unanswered"):
        fit_rule([Closeness(0.9, 0.9)], build_close((0.1, 0.1)))
    file = tmp_path / "questions.toml"
    many = [f"question {n}" for n in range(LEAST_QUESTIONS)]
    file.write_text(LISTS.format(many, many[:-1] * 2) + "other = 1\n")
    with pytest.raises(KnowledgeError) as caught:
        load_calibration_questions(file)
    assert caught.value.problems == (
        "unknown key 'other'",
        f"unanswered: fewer than {LEAST_QUESTIONS} different questions",
    )
    file.write_text("answered = [")
    with pytest.raises(KnowledgeError, match="cannot be read"):
        load_calibration_questions(file)


def test_the_questions_that_come_with_the_starter_can_be_loaded():
    asked = load_calibration_questions(CALIBRATION_FILE)
    assert not set(asked.answered) & set(asked.unanswered)


def test_each_model_has_limits_of_its_own_or_its_words_decide():
    own = AbstentionRule(0.5, 0.1, 0.3)
    minilm = "all-MiniLM-L6-v2@53aa51172d14"
    assert choose_rule("other@1", own) == choose_rule(minilm, own) == own
    assert choose_rule(minilm, None) == DEFAULT_RULE
    assert choose_rule("other@1", None) == UNFITTED_RULE
    assert UNFITTED_RULE.find_reason(0.99, 0.5, "en") is None
    assert "kb calibrate" in str(UNFITTED_RULE.find_reason(0.99, 0.1, "en"))
    assert "does not know" in str(UNFITTED_RULE.find_reason(None, 0.1, "zh"))
    assert read_rule(own.to_json()) == own
    assert read_rule(None) is None


@pytest.mark.integration
def test_fitted_limits_are_kept_with_the_model_and_used(
    store, build_source, build_passage
):
    texts = [f"The landing of jump number{'abcdefghij'[n]}" for n in range(10)]
    store.save_sources("books", [build_source("book")])
    passages = [build_passage("book", n, text) for n, text in enumerate(texts)]
    store.save_passages("book", passages)
    embedder = WordEmbedder()
    embed_passages(store.url, embedder)
    retriever = PostgresRetriever(store.url, embedder)
    unlike = [f"Interest rates of central bank {text[-6:]}" for text in texts]
    fitted = fit_rule(
        measure_closeness(retriever, texts), measure_closeness(retriever, unlike)
    )
    registry = ModelRegistry(store.url)
    validate_searched(registry, embedder.model_name)
    registry.save_rule(embedder.model_name, fitted.rule)
    assert registry.find_active().fitted_rule == fitted.rule
    assert retriever.retrieve("landing of the jump")
    reason = retriever.search(unlike[0]).abstained_reason
    assert "is needed" in str(reason)
    # A newer revision starts without limits.
    embed_passages(store.url, WordEmbedder("words@2"))
    assert registry.find("words@2").fitted_rule is None


@pytest.mark.integration
def test_a_model_that_no_search_asks_is_not_calibrated(store):
    registry = ModelRegistry(store.url)
    with pytest.raises(KnowledgeError, match="never active"):
        validate_searched(registry, "words@1")
    registry.register(WordEmbedder())
    with pytest.raises(KnowledgeError, match="never active"):
        validate_searched(registry, "words@1")
    with pytest.raises(DatabaseError, match="no model"):
        registry.save_rule("unknown@1", DEFAULT_RULE)
