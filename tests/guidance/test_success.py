from dataclasses import replace

import pytest

from sportsgpt_lib.guidance.plan_note import describe_plan
from sportsgpt_lib.guidance.success import find_measure
from sportsgpt_lib.guidance.verification.exercises import find_exercise_fault
from sportsgpt_lib.guidance.writer import DeterministicWriter

from .conftest import Rows


@pytest.fixture
def passage_and_case(stiff_rows: Rows, build_case):
    stiff_rows.repeat(3)
    case = build_case(stiff_rows)
    passage = next(p for p in case.issues[0].passages if p.kind == "exercise")
    return passage, case


def change(case, **changes):
    """The case with one thing changed of its medians of the issue."""
    names = case.issues[0].medians
    facts = {
        name: fact.model_copy(update=changes) if name in names else fact
        for name, fact in case.facts.items()
    }
    return replace(case, facts=facts)


def measure(passage, case):
    return find_measure(case, passage, ("stiff_landing",))


def test_the_change_to_expect_reaches_the_target_and_is_more_than_error(
    passage_and_case,
):
    passage, case = passage_and_case
    found = measure(passage, case)
    assert found.indicator == "peak_knee_flexion"
    assert found.direction == "rise"
    assert found.wanted_change == pytest.approx(90.0 - 62.34)
    assert found.detectable_change < found.wanted_change
    assert found.expected_change == found.wanted_change


def test_where_the_target_is_nearer_than_error_more_is_expected(passage_and_case):
    passage, case = passage_and_case
    found = measure(passage, change(case, detectable_change=40.0))
    assert found.expected_change == 40.0


def test_a_target_narrower_than_error_shows_no_success_between_two_sessions(
    passage_and_case,
):
    passage, case = passage_and_case
    facts = dict(case.facts)
    for name in case.issues[0].medians:
        high = facts[name].target_low + 5.0
        facts[name] = facts[name].model_copy(
            update={"detectable_change": 40.0, "target_high": high}
        )
    assert measure(passage, replace(case, facts=facts)).expected_change is None
    wide = change(case, detectable_change=40.0, target_high=120.0)
    assert measure(passage, wide).expected_change == 40.0


def test_an_unknown_error_promises_nothing(passage_and_case):
    passage, case = passage_and_case
    assert (
        measure(passage, change(case, detectable_change=None)).expected_change is None
    )


def test_the_indicator_that_can_show_success_comes_first(passage_and_case):
    passage, case = passage_and_case
    name = next(
        name
        for name in case.issues[0].medians
        if case.facts[name].indicator == "peak_knee_flexion"
    )
    unknown = case.facts[name].model_copy(update={"detectable_change": None})
    found = measure(passage, replace(case, facts={**case.facts, name: unknown}))
    assert found.indicator == "knee_flexion_displacement"


def test_above_the_target_it_is_to_fall(passage_and_case):
    passage, case = passage_and_case
    above = change(case, target_low=None, target_high=30.0)
    assert measure(passage, above).direction == "fall"


def test_inside_the_target_there_is_nothing_to_measure(passage_and_case):
    passage, case = passage_and_case
    assert measure(passage, change(case, wanted_change=0.0)) is None


def test_an_issue_of_the_same_name_in_another_movement_is_another_issue(
    passage_and_case,
):
    passage, case = passage_and_case
    issue = case.issues[0]
    jump = replace(issue, movement="countermovement_jump", passages=())
    assert find_measure(replace(case, issues=(jump,)), passage, (issue.issue,)) is None
    both = replace(case, issues=(jump, issue))
    (item,) = DeterministicWriter().write(both).text.plan
    assert item.movements == ("drop_landing",)
    assert item.is_for("drop_landing", "stiff_landing")
    assert not item.is_for("countermovement_jump", "stiff_landing")
    wrong = item.model_copy(update={"movements": ("countermovement_jump",)})
    assert find_exercise_fault(item, both) is None
    assert find_exercise_fault(wrong, both).check == "finding"


def test_an_exercise_for_one_movement_leaves_the_other_one_open(passage_and_case):
    passage, case = passage_and_case
    issue = case.issues[0]
    other = replace(passage, passage_id="f" * 16)
    jump = replace(issue, movement="countermovement_jump", passages=(other,))
    case = replace(
        case,
        issues=(issue, jump),
        passages={**case.passages, other.passage_id: other},
    )
    plan = DeterministicWriter().write(case).text.plan
    assert [item.movements for item in plan] == [
        ("drop_landing",),
        ("countermovement_jump",),
    ]
    assert describe_plan(case, plan) is None
    assert "Left for a later plan" in describe_plan(case, plan[:1])
