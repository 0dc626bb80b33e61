from dataclasses import replace

import pytest

from sportsgpt_lib.guidance.limits import AthleteLimits
from sportsgpt_lib.guidance.plan_choice import (
    MOST_EXERCISES,
    choose_exercises,
    list_withheld,
)
from sportsgpt_lib.guidance.plan_note import describe_plan


@pytest.fixture
def exercise(stiff_case):
    return next(p for p in stiff_case.issues[0].passages if p.kind == "exercise")


def spare(case, *regions):
    return replace(case, limits=AthleteLimits(spared_regions=frozenset(regions)))


def put_limits(case, passage, *, not_with):
    limits = {"least_age_years": 0, "not_with": list(not_with)}
    changed = replace(passage, payload={**passage.payload, "limits": limits})
    issue = case.issues[0]
    passages = tuple(changed if p == passage else p for p in issue.passages)
    return replace(
        case,
        issues=(replace(issue, passages=passages),),
        passages={**case.passages, changed.passage_id: changed},
    )


def test_an_exercise_that_loads_what_is_spared_is_withheld_with_the_reason(
    stiff_case, exercise
):
    case = spare(put_limits(stiff_case, exercise, not_with=["knee"]), "knee")
    assert exercise.passage_id not in {p.passage_id for p, _ in choose_exercises(case)}
    withheld = list_withheld(case)
    assert withheld[0].exercise == "Quiet drop landing"
    assert withheld[0].issues == ("stiff_landing",)
    assert "what session.toml says to spare" in withheld[0].reason
    assert "knee" not in withheld[0].model_dump_json()
    assert "No exercise that suits the athlete is known for: stiff landing" in (
        describe_plan(case, ())
    )


def test_what_loads_something_else_stays(stiff_case, exercise):
    case = spare(put_limits(stiff_case, exercise, not_with=["elbow"]), "knee")
    assert [p.passage_id for p, _ in choose_exercises(case)] == [exercise.passage_id]
    assert list_withheld(case) == ()


def test_the_next_suited_card_is_taken(stiff_case, exercise):
    other = replace(
        exercise,
        passage_id="f" * 16,
        payload={
            **exercise.payload,
            "limits": {"least_age_years": 0, "not_with": []},
        },
    )
    case = spare(put_limits(stiff_case, exercise, not_with=["knee"]), "knee")
    issue = case.issues[0]
    case = replace(
        case,
        issues=(replace(issue, passages=(*issue.passages, other)),),
        passages={**case.passages, other.passage_id: other},
    )
    assert [p.passage_id for p, _ in choose_exercises(case)] == [other.passage_id]


def test_the_plan_stays_short(stiff_case, exercise):
    issue = stiff_case.issues[0]
    issues, passages = [], {}
    for number in range(MOST_EXERCISES + 2):
        own = replace(exercise, passage_id=f"{number:016d}")
        passages[own.passage_id] = own
        issues.append(replace(issue, issue=f"issue_{number}", passages=(own,)))
    case = replace(stiff_case, issues=tuple(issues), passages=passages)
    assert len(choose_exercises(case)) == MOST_EXERCISES
