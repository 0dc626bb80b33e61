from pathlib import Path

import pytest

from benchmarks.guidance import writer as benchmark
from sportsgpt_lib.evaluation.cases import build_cases
from sportsgpt_lib.guidance.report import Sentence
from sportsgpt_lib.guidance.writer import DeterministicWriter

KNOWLEDGE = Path(__file__).parents[2] / "kb_ingest" / "starter"


@pytest.fixture(scope="module")
def case():
    return next(one.case for one in build_cases(KNOWLEDGE) if one.kind == "habit")


def judge(case, report):
    return list(benchmark._check_numbers(case, report))


def test_a_number_that_nothing_cited_holds_is_not_grounded(case):
    report = benchmark._assemble(case, DeterministicWriter().write(case))
    assert all(judge(case, report))
    first = report.summary[0]
    wrong = Sentence(text=f"{first.text} It took 98.76 s.", facts=first.facts)
    changed = report.model_copy(update={"summary": (wrong, *report.summary[1:])})
    assert judge(case, changed).count(False) == 1


def test_an_exercise_without_source_or_progression_counts_as_lacking_it(case):
    report = benchmark._assemble(case, DeterministicWriter().write(case))
    item = report.plan[0]
    assert benchmark._is_cited(item, report)
    assert not benchmark._is_cited(item, report.model_copy(update={"sources": ()}))
    assert benchmark._is_quantified(item)
    assert not benchmark._is_quantified(item.model_copy(update={"progression": ()}))
