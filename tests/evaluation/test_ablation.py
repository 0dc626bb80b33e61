import pytest

from sportsgpt_lib.evaluation.ablation import VARIANTS, ablate
from sportsgpt_lib.evaluation.harness import write_report
from sportsgpt_lib.evaluation.raw_reading import read_raw_values
from sportsgpt_lib.guidance.writer import DeterministicWriter


def test_full_is_the_case_itself(habit):
    assert ablate(habit, "full") is habit.case


@pytest.mark.parametrize("variant", ["without_retrieval", "neither"])
def test_without_retrieval_there_is_no_passage(habit, variant):
    case = ablate(habit, variant)
    assert not case.passages
    assert not any(issue.passages for issue in case.issues)
    assert not write_report(case, habit, DeterministicWriter()).sources


def test_without_retrieval_the_findings_stay(habit):
    names = [issue.issue for issue in ablate(habit, "without_retrieval").issues]
    assert names == [issue.issue for issue in habit.case.issues]


def test_without_kismam_there_is_no_score_and_no_word_on_what_is_absent(habit):
    case = ablate(habit, "without_kismam")
    assert all(movement.score is None for movement in case.movements)
    assert not case.absent
    assert case.issues
    assert case.passages


def test_without_kismam_faults_are_missed_that_findings_name(cases):
    def count_hits(variant):
        return sum(
            (issue.movement, issue.issue) in one.true_issues
            for one in cases
            for issue in ablate(one, variant).issues
        )

    assert count_hits("without_kismam") < count_hits("full")


def test_the_largest_raw_difference_is_read_and_not_the_surest(habit):
    reading = read_raw_values(habit.tables)
    assert 1 <= len(reading.questions) <= 3
    assert all("is too" in question for question in reading.questions.values())


def test_a_clean_value_is_no_raw_reading(cases):
    clean = next(one for one in cases if one.kind == "nothing_judged")
    assert not read_raw_values(clean.tables).questions


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_is_written_and_passes_the_verifier(cases, variant):
    for one in cases[::12]:
        report = write_report(ablate(one, variant), one, DeterministicWriter())
        assert not report.dropped, (one.name, report.dropped)
