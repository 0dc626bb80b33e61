import pytest

from benchmarks.knowledge.quality_questions import (
    QuestionAsked,
    StoredPassage,
    judge,
    load_questions,
)
from benchmarks.knowledge.quality_scores import (
    compute_interval,
    compute_ndcg,
    compute_recall,
)

GAINS = {"a": 2, "b": 1}


def test_the_best_order_scores_one_and_a_worse_one_less():
    assert compute_ndcg(["a", "b", "x"], GAINS, 10) == pytest.approx(1.0)
    assert compute_ndcg(["b", "a"], GAINS, 10) < 1.0
    assert compute_ndcg(["x", "y"], GAINS, 10) == 0.0
    assert compute_ndcg(["x", "a"], GAINS, 1) == 0.0


def test_recall_counts_what_was_judged_relevant():
    assert compute_recall(["x", "b", "a"], GAINS, 2) == 0.5


def test_an_interval_holds_the_mean_and_is_repeatable():
    low, high = compute_interval([0.0, 1.0] * 20)
    assert low < 0.5 < high
    assert (low, high) == compute_interval([0.0, 1.0] * 20)


def test_the_set_is_large_enough_and_its_halves_are_alike():
    questions = load_questions()
    assert len({one.id for one in questions}) == len(questions) >= 160
    assert sum(not one.has_answer for one in questions) >= 30
    assert sum(one.form.startswith("zh") for one in questions) >= 12
    for form in {one.form for one in questions}:
        halves = [one.half for one in questions if one.form == form]
        assert abs(halves.count("tune") - halves.count("report")) <= 1
    judged = [one for one in questions if one.form in ("free", "zh")]
    assert all(one.answers for one in judged)
    assert not any(one.answers for one in questions if not one.has_answer)


def test_a_locator_finds_its_passage_wherever_it_was_cut():
    passages = [
        StoredPassage("1", "text", "Knees", "The  knee\nbends", (), (), (("b", "s"),)),
        StoredPassage("2", "text", "The knee", "hip", (), (), (("b", "s"), ("c", "t"))),
        StoredPassage("3", "exercise", "x", "y", ("squat",), ("dip",), (("z", "z"),)),
    ]
    asked = QuestionAsked(
        "q", "free", "?", "tune", ("b: knee BENDS", "nowhere: x"), ("c/t: title=The",)
    )
    finding = QuestionAsked(
        "f", "findings", "?", "tune", movement="squat", issues=("dip",)
    )
    judged = judge([asked, finding], passages)
    assert judged.gains == {"q": {"1": 2, "2": 1}, "f": {"3": 2}}
    assert judged.lost == ["q nowhere: x"]
