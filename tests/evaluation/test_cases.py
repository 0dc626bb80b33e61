from collections import Counter

import polars as pl
import pytest

from sportsgpt_lib.evaluation.cases import CASES_SEED, build_cases, build_cases_on
from sportsgpt_lib.evaluation.word_search import WordIndex
from sportsgpt_lib.sports.loader import load_movement, movement_names
from tests.evaluation.conftest import STARTER_FOLDER, find_case


def test_every_movement_has_every_common_kind_of_session(cases):
    names = {one.name for one in cases}
    assert len(names) == len(cases) >= 60
    for movement in movement_names():
        kinds = {
            name.split("/")[1] for name in names if name.startswith(f"{movement}/")
        }
        assert kinds >= {"habit", "slip", "undecided", "two_faults", "clean"}


def test_most_issues_of_the_movements_are_put_in(cases):
    put_in = {issue for one in cases for issue in one.true_issues}
    known = {
        (name, issue.name)
        for name in movement_names()
        for issue in load_movement(name).issues
    }
    assert put_in <= known
    assert len(put_in) > 0.65 * len(known)


def test_the_same_seed_gives_the_same_facts_and_another_seed_gives_others(cases, shelf):
    known = {one.name: one for one in cases}
    again = build_cases_on(shelf, most_cases=4)
    other = build_cases_on(shelf, seed=CASES_SEED + 1, most_cases=4)
    assert [one.case for one in again] == [known[one.name].case for one in again]
    assert other[0].case.facts != again[0].case.facts
    assert [one.faults for one in other] == [one.faults for one in again]


def test_clear_habits_are_found_and_called_habits(cases):
    habits = [one for one in cases if one.kind == "habit"]
    patterns = [
        issue.session.pattern
        for one in habits
        for issue in one.case.issues
        if (issue.movement, issue.issue) in one.true_issues
    ]
    assert len(patterns) >= 0.9 * len(habits)
    assert Counter(patterns).most_common(1)[0][0] == "habit"


def test_slips_are_no_habits(cases):
    for one in (one for one in cases if one.kind == "slip"):
        true = [i for i in one.case.issues if (i.movement, i.issue) in one.true_issues]
        assert all(issue.session.pattern != "habit" for issue in true), one.name


def test_clean_sessions_seldom_have_a_finding(cases):
    clean = [one for one in cases if one.kind == "clean"]
    assert sum(bool(one.case.issues) for one in clean) <= 0.2 * len(clean)


def test_a_case_without_evidence_has_none_on_its_fault_and_others_have(cases):
    for one in cases:
        own = [i for i in one.case.issues if (i.movement, i.issue) in one.true_issues]
        if one.is_evidence_missing:
            assert not any(issue.passages for issue in own), one.name
        else:
            assert all(issue.passages for issue in own), one.name


def test_hidden_indicators_are_not_judged(cases):
    one = find_case(cases, "squat/partly_hidden")
    assert one.plans[0].hidden_indicators
    assert one.case.not_judged


def test_a_session_without_repetitions_says_so(cases):
    one = cases[-1]
    assert one.kind == "nothing_judged"
    assert not one.case.movements
    assert one.case.not_judged


def test_a_fault_of_one_leg_is_on_that_leg_only(cases):
    one = find_case(cases, "running_stride/one_leg")
    metrics = one.tables["kismam_metrics"]
    assert metrics["repetition_idx"].n_unique() == 16
    assert all(number % 2 == 0 for number in one.faults[0].repetitions)


def test_chinese_cases_name_things_in_chinese():
    cases = build_cases(STARTER_FOLDER, language="zh", most_cases=1)
    fact = next(iter(cases[0].case.facts.values()))
    assert cases[0].case.language == "zh"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in fact.label)


def test_rows_are_those_of_the_contract(habit):
    assert habit.tables["findings"].filter(pl.col("is_reported")).height > 0
    assert habit.tables["session_findings"]["repetition_count"].max() == 6


def test_the_words_of_a_question_find_the_text_that_shares_rare_ones():
    index = WordIndex(["knees bend in the squat", "the trunk leans", "knees knees"])
    assert index.rank("How far do the knees bend?")[0] == 0
    assert index.rank("elbow") == []


def test_a_free_text_shelf_ignores_the_issue_that_is_asked_for(shelf):
    question = {("squat", "anything"): "Forward lean of the trunk is too large."}
    found = shelf.ask_in_words(question).retrieve(
        "", movement="squat", issue="anything", wanted=3
    )
    assert len(found) == 3
    assert all(passage in shelf.list_passages_of("squat") for passage in found)


def test_a_shelf_serves_by_movement_and_issue(shelf):
    found = shelf.retrieve("", movement="drop_landing", issue="stiff_landing")
    assert {"technique", "exercise"} <= {passage.kind for passage in found}
    bare = shelf.leave_out(["stiff_landing"])
    assert not bare.retrieve("", movement="drop_landing", issue="stiff_landing")
    assert bare.compute_knowledge_version() != shelf.compute_knowledge_version()


@pytest.mark.parametrize("kind", ["one_repetition", "two_movements", "small_fault"])
def test_rarer_kinds_are_there(cases, kind):
    assert any(one.kind == kind for one in cases)
