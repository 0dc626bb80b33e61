import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.knowledge.retrieval_abstention import AbstentionRule
from sportsgpt_lib.knowledge.retrieval_channels import (
    QueryWord,
    build_any_word_query,
    choose_words,
    weigh_word,
)
from sportsgpt_lib.knowledge.retrieval_events import find_issues_at_event
from sportsgpt_lib.knowledge.retrieval_fusion import (
    RANK_OFFSET,
    FusionWeights,
    fuse_places,
)
from sportsgpt_lib.knowledge.retrieval_query import (
    SearchFilter,
    build_question_words,
    find_question_language,
)
from sportsgpt_lib.sports.loader import load_movement

RULE = AbstentionRule(least_similarity=0.5, word_relief=0.1, least_word_share=0.4)
ids = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


def test_a_passage_that_both_channels_found_beats_one_of_the_same_places():
    alike = FusionWeights(vector=1.0, text=1.0)
    fused = fuse_places(["a", "b"], ["c", "b"], alike)
    assert [one.passage_id for one in fused] == ["b", "a", "c"]
    assert fused[0].score == pytest.approx(2 / (RANK_OFFSET + 2))
    assert (fused[0].vector_place, fused[0].text_place) == (2, 2)
    assert (fused[1].vector_place, fused[1].text_place) == (1, None)


@given(vector=ids, text=ids)
def test_fusion_loses_nothing_and_one_channel_alone_keeps_its_order(vector, text):
    fused = fuse_places(vector, text)
    assert {one.passage_id for one in fused} == {*vector, *text}
    assert [one.passage_id for one in fuse_places(vector, [])] == vector
    assert [one.score for one in fused] == sorted(
        (one.score for one in fused), reverse=True
    )


def test_a_weight_decides_between_channels_that_disagree():
    by_words = fuse_places(["a"], ["b"], FusionWeights(vector=1.0, text=2.0))
    assert [one.passage_id for one in by_words] == ["b", "a"]


def test_rare_words_are_kept_until_the_passages_to_rank_are_too_many():
    words = [
        QueryWord(name, count, 1.0)
        for name, count in (("knee", 900), ("valgus", 0), ("bend", 300), ("the", 9000))
    ]
    assert [w.word for w in choose_words(words, 1000)] == ["valgus", "bend"]
    assert [w.word for w in choose_words(words, 10_000)] == ["valgus", "bend", "knee"]
    assert [w.word for w in choose_words(words[3:], 1000)] == ["the"]
    assert choose_words([], 1000) == []


def test_a_rarer_word_weighs_more_and_none_weighs_nothing():
    weights = [weigh_word(count, 10_000.0) for count in (0, 100, 5000, 10_000)]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0
    assert np.isfinite(weigh_word(5, 0.0))


def test_quotes_and_backslashes_in_a_word_stay_inside_it():
    words = [QueryWord("o'br\\ien", 0, 1.0), QueryWord("a|b", 0, 1.0)]
    assert build_any_word_query(words) == "'o''br\\\\ien' | 'a|b'"


def test_similarity_decides_and_shared_words_lower_what_is_needed():
    assert RULE.find_reason(0.5, 0.0, "en") is None
    assert RULE.find_reason(0.45, 0.6, "en") is None
    reason = RULE.find_reason(0.45, 0.4, "en")
    assert reason is not None
    assert "0.45" in reason
    assert "0.46" in reason


def test_without_vectors_the_words_alone_decide_and_the_language_is_named():
    assert RULE.find_reason(None, 0.4, "zh") is None
    reason = RULE.find_reason(None, 0.39, "zh")
    assert reason is not None
    assert "'zh'" in reason


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("起跑时躯干抬得太早怎么办", "zh"),
        ("CMJ 纵跳之前下蹲多深好", "zh"),
        ("what does 深蹲 mean in a training plan", "en"),
        ("stiff landing", "en"),
        ("", "en"),
    ],
)
def test_language_of_a_question(question, language):
    assert find_question_language(question) == language


def test_a_chinese_question_is_cut_as_passages_are_and_loses_its_question_words():
    words = build_question_words("跑步步频多少合适？", "zh").split()
    assert "步频" in words
    assert "多少" not in words
    assert "？" not in words
    assert build_question_words("How deep?", "en") == "How deep?"


def test_a_filter_word_that_no_source_can_have_is_refused():
    with pytest.raises(KnowledgeError, match="coach"):
        SearchFilter(audience="physio")  # type: ignore[arg-type]
    with pytest.raises(KnowledgeError, match="high, medium, low"):
        SearchFilter(trust_level="none")  # type: ignore[arg-type]
    assert SearchFilter(trust_level="medium").trust_levels == ["high", "medium"]


def test_issues_at_an_event_are_those_its_indicators_speak_for():
    movement = load_movement("squat")
    by_event = {
        part.name: set(find_issues_at_event(movement, part.name))
        for part in movement.keyframes
    }
    everywhere = {issue.name for issue in movement.issues}
    assert any(by_event.values())
    assert all(found < everywhere for found in by_event.values())
    with pytest.raises(KnowledgeError, match="no event 'tea_time'"):
        find_issues_at_event(movement, "tea_time")
