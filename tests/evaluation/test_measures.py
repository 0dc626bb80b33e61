import math

import pytest

from sportsgpt_lib.evaluation.aspects import ASPECTS, find_aspects
from sportsgpt_lib.evaluation.harness import write_report
from sportsgpt_lib.evaluation.rubric import score_by_rules, to_points
from sportsgpt_lib.evaluation.rule_measures import MEASURES, compute_measures
from sportsgpt_lib.evaluation.statements import compute_support_ratio
from sportsgpt_lib.guidance.report import DroppedSentence, Sentence
from sportsgpt_lib.guidance.writer import DeterministicWriter
from tests.evaluation.conftest import find_case, say_in_finding


def measure(report, one):
    return compute_measures(report, one, one.case)


def points(report, one):
    return score_by_rules(measure(report, one), must_cite=True)


def test_a_good_report_has_all_shares(habit, habit_report):
    measures = measure(habit_report, habit)
    assert measures.keys() == MEASURES.keys()
    for name in (
        *("finding_recall", "numeric_grounding", "quantified_exercises"),
        *("citation_precision", "citation_recall", "actionability", "kept_sentences"),
    ):
        assert measures[name] == 1.0, name


def test_a_number_that_nothing_holds_lowers_the_grounding(habit, habit_report):
    wrong = say_in_finding(
        habit_report,
        Sentence(text="It was 987.6 deg.", facts=habit_report.findings[0].facts),
    )
    assert measure(wrong, habit)["numeric_grounding"] < 1.0
    assert points(wrong, habit)["accuracy"] < points(habit_report, habit)["accuracy"]


def test_a_citation_of_another_text_lowers_its_precision(habit, habit_report):
    passage = next(iter(habit.case.passages))
    wrong = say_in_finding(
        habit_report,
        Sentence(text="Bananas contain potassium and chocolate.", passages=(passage,)),
    )
    assert measure(wrong, habit)["citation_precision"] < 1.0


def test_a_citation_of_an_unknown_passage_supports_nothing(habit, habit_report):
    wrong = say_in_finding(habit_report, Sentence(text="Land softly.", passages=("x",)))
    assert measure(wrong, habit)["citation_precision"] < 1.0


def test_an_invented_finding_lowers_precision_but_not_recall(habit, habit_report):
    first = habit_report.findings[0]
    invented = first.model_copy(update={"issue": "no_such_issue"})
    wrong = habit_report.model_copy(
        update={"findings": (*habit_report.findings, invented)}
    )
    measures, before = measure(wrong, habit), measure(habit_report, habit)
    assert measures["finding_precision"] < before["finding_precision"]
    assert measures["finding_recall"] == before["finding_recall"]


def test_without_the_finding_accuracy_is_lowest_and_no_aspect_is_told(
    habit, habit_report
):
    empty = habit_report.model_copy(update={"findings": (), "plan": ()})
    assert points(empty, habit)["accuracy"] == 1.0
    assert set(find_aspects(empty, habit).values()) == {0.0}


def test_without_a_plan_nothing_is_feasible(habit, habit_report):
    idle = habit_report.model_copy(update={"plan": ()})
    assert points(idle, habit)["feasibility"] == 1.0
    assert find_aspects(idle, habit)["method"] == 0.0
    assert math.isnan(measure(idle, habit)["quantified_exercises"])


def test_an_exercise_without_its_steps_is_less_feasible(habit, habit_report):
    item = habit_report.plan[0].model_copy(update={"how": (), "progression": ()})
    bare = habit_report.model_copy(update={"plan": (item, *habit_report.plan[1:])})
    assert 1.0 < points(bare, habit)["feasibility"] < 5.0


def test_what_the_verifier_dropped_lowers_professionalism(habit, habit_report):
    dropped = DroppedSentence(section="summary", text="x", reason="y")
    worse = habit_report.model_copy(update={"dropped": (dropped,) * 9})
    assert measure(worse, habit)["kept_sentences"] < 1.0
    assert (
        points(worse, habit)["professionalism"]
        < points(habit_report, habit)["professionalism"]
    )


def test_a_slip_needs_no_exercise_and_is_not_scored_for_it(cases):
    one = find_case(cases, "drop_landing/slip")
    report = write_report(one.case, one, DeterministicWriter())
    assert math.isnan(measure(report, one)["actionability"])
    assert math.isnan(points(report, one)["feasibility"])


def test_a_clean_session_without_findings_is_accurate(cases):
    one = find_case(cases, "squat/clean")
    report = write_report(one.case, one, DeterministicWriter())
    assert not report.findings
    measures = measure(report, one)
    assert score_by_rules(measures, must_cite=False)["accuracy"] == 5.0
    assert all(math.isnan(share) for share in find_aspects(report, one).values())


def test_a_good_report_tells_every_aspect(habit, habit_report):
    found = find_aspects(habit_report, habit)
    assert tuple(found) == ASPECTS
    assert set(found.values()) == {1.0}


def test_dimensions_are_mentioned_and_agreed(habit, habit_report):
    measures = measure(habit_report, habit)
    assert (measures["mentioned_dimensions"], measures["agreed_dimensions"]) == (
        1.0,
        1.0,
    )
    other = habit_report.findings[0].model_copy(update={"issue": "another"})
    wrong = habit_report.model_copy(update={"findings": (other,)})
    measures = measure(wrong, habit)
    assert (measures["mentioned_dimensions"], measures["agreed_dimensions"]) == (
        1.0,
        0.0,
    )


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.5, 3.0), (1.0, 5.0)])
def test_points_are_linear_in_the_share(share, expected):
    assert to_points(share) == expected


def test_support_compares_chinese_by_pairs_of_characters(habit):
    passage = next(iter(habit.case.passages.values()))
    text = passage.payload["translations"]["zh"]["title"]
    assert compute_support_ratio(text, passage) == 1.0
    assert compute_support_ratio("香蕉含有很多钾元素", passage) < 0.5


def test_where_nothing_is_known_no_source_is_due(cases):
    one = find_case(cases, "drop_landing/no_evidence")
    report = write_report(one.case, one, DeterministicWriter())
    measures = measure(report, one)
    abstained = score_by_rules(measures, must_cite=False)
    assert abstained["professionalism"] == 5.0
    assert math.isnan(abstained["feasibility"])
    assert score_by_rules(measures, must_cite=True)["professionalism"] < 3.0
    found = find_aspects(report, one)
    assert found["error"] == 1.0
    assert math.isnan(found["cause"])


def test_a_number_in_an_issues_name_is_no_measurement(habit, habit_report):
    named = habit_report.findings[0].model_copy(
        update={"issue_name": "First 3 steps too short"}
    )
    report = habit_report.model_copy(update={"findings": (named,)})
    told = Sentence(text="First 3 steps too short.", facts=habit_report.facts[0:0])
    assert measure(say_in_finding(report, told), habit)["numeric_grounding"] == 1.0
