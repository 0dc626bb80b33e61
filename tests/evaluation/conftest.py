from pathlib import Path

import pytest

from sportsgpt_lib.evaluation.cases import EvaluationCase, build_cases_on
from sportsgpt_lib.evaluation.harness import write_report
from sportsgpt_lib.evaluation.shelf import Shelf, load_shelf
from sportsgpt_lib.guidance.report import GuidanceReport, Sentence
from sportsgpt_lib.guidance.writer import DeterministicWriter

STARTER_FOLDER = Path(__file__).resolve().parents[2] / "kb_ingest" / "starter"


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    return load_shelf(STARTER_FOLDER)


@pytest.fixture(scope="session")
def cases(shelf: Shelf) -> tuple[EvaluationCase, ...]:
    return build_cases_on(shelf)


@pytest.fixture(scope="session")
def habit(cases: tuple[EvaluationCase, ...]) -> EvaluationCase:
    """One clear fault of a drop landing, in all repetitions."""
    return find_case(cases, "drop_landing/habit")


@pytest.fixture(scope="session")
def habit_report(habit: EvaluationCase) -> GuidanceReport:
    return write_report(habit.case, habit, DeterministicWriter())


def find_case(cases: tuple[EvaluationCase, ...], name: str) -> EvaluationCase:
    return next(one for one in cases if one.name == name)


def say_in_finding(report: GuidanceReport, sentence: Sentence) -> GuidanceReport:
    """Put a sentence among what was seen of the first finding."""
    first, *others = report.findings
    changed = first.model_copy(update={"seen": (*first.seen, sentence)})
    return report.model_copy(update={"findings": (changed, *others)})
