from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.guidance.filming import find_least_repetitions, list_filming
from sportsgpt_lib.guidance.report import AbsentIssue
from sportsgpt_lib.kismam.consistency import compute_consistency

from .conftest import Rows


def test_so_many_repetitions_tell_a_slip_and_one_fewer_does_not():
    least = find_least_repetitions()
    counts = np.array([least - 1, least])
    assert list(compute_consistency(np.array([1, 1]), counts).pattern) == [
        "undecided",
        "slip",
    ]


def test_few_repetitions_ask_for_more_and_say_of_what(stiff_case):
    more = list_filming(stiff_case)[0]
    assert more.startswith(f"Film at least {find_least_repetitions()} repetitions of")
    assert "stiff landing" in more


@pytest.mark.parametrize(
    ("language", "seen", "unseen"),
    [
        ("en", "Stiff landing", "Landing far forward"),
        ("zh", "落地僵硬", "落地过于靠前"),
    ],
)
def test_an_issue_that_was_never_seen_is_not_among_the_undecided(
    stiff_case, language, seen, unseen
):
    absent = AbsentIssue(
        issue="landing_far_forward",
        issue_name=unseen,
        movement="drop_landing",
        repetition_count=1,
        is_sure=False,
        shown_high_ratio=0.9,
    )
    issues = tuple(replace(issue, issue_name=seen) for issue in stiff_case.issues)
    case = replace(stiff_case, language=language, issues=issues, absent=(absent,))
    lines = list_filming(case)
    assert seen.lower() in lines[0].lower()
    assert not any(unseen.lower() in line.lower() for line in lines)
    assert list_filming(replace(case, issues=())) == lines[1:]


def test_enough_repetitions_ask_for_no_more(stiff_rows: Rows, build_case):
    stiff_rows.repeat(find_least_repetitions())
    lines = list_filming(build_case(stiff_rows))
    assert not any("at least" in line for line in lines)


def test_what_could_not_be_measured_is_asked_for_with_its_reason(stiff_case):
    lines = list_filming(stiff_case)
    assert any(
        "difference between the knees (far leg hidden)" in line for line in lines
    )
    assert lines[-1].startswith("Film the next session from the same place")


def test_a_recording_that_gave_nothing_is_asked_for_again(build_case):
    rows = Rows()
    rows.add_recording(verdict="REJECT", reason_code="nobody_seen")
    assert list_filming(build_case(rows)) == ("Film drop landing again: nobody seen.",)


def test_what_stays_undecided_with_many_repetitions_asks_for_no_more(
    stiff_rows: Rows, build_case
):
    stiff_rows.repeat(9, reported=4)
    case = build_case(stiff_rows)
    assert case.issues[0].session.pattern == "undecided"
    assert not any("at least" in line for line in list_filming(case))
