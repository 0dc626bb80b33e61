import pytest

from sportsgpt_lib.errors import DatabaseError, ModelServiceError
from sportsgpt_lib.guidance.evidence import ask_knowledge_version, find_evidence
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever
from sportsgpt_lib.stages.guidance_reports import GuidanceReportStage

from .conftest import ATHLETE, DAY, TEAM, ShelfRetriever

# Nothing listens on the first port of a machine.
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2"


class LostRetriever(ShelfRetriever):
    """Answers a number of questions, and then no more."""

    def __init__(self, answers: int, error: Exception) -> None:
        super().__init__()
        self._answers, self._error = answers, error

    def retrieve(self, *question, **named):
        if self._answers == 0:
            raise self._error
        self._answers -= 1
        return super().retrieve(*question, **named)


def lost(kind):
    return kind("knowledge base", "the connection was lost", "look after the server")


def test_a_server_that_is_not_there_gives_no_version_and_no_evidence(stiff_case):
    retriever = PostgresRetriever(NOWHERE, embedder=None)
    assert ask_knowledge_version(retriever) is None
    assert find_evidence(retriever, stiff_case.issues) is None


@pytest.mark.parametrize("kind", [DatabaseError, ModelServiceError])
def test_evidence_is_whole_or_not_there(stiff_case, kind):
    issues = stiff_case.issues * 2
    assert find_evidence(LostRetriever(2, lost(kind)), issues) is not None
    assert find_evidence(LostRetriever(1, lost(kind)), issues) is None


def test_operators_are_told_why_the_knowledge_base_is_out(stiff_case, caplog):
    find_evidence(LostRetriever(0, lost(DatabaseError)), stiff_case.issues)
    assert "the connection was lost. Fix: look after the server" in caplog.text


def test_an_error_of_ours_is_not_taken_for_a_server_that_is_down(stiff_case):
    with pytest.raises(ZeroDivisionError):
        find_evidence(LostRetriever(0, ZeroDivisionError()), stiff_case.issues)


def test_without_the_knowledge_base_the_report_comes_marked_and_without_plan(
    stiff_rows, writer
):
    stage = GuidanceReportStage(LostRetriever(0, lost(DatabaseError)), writer)
    case = stage.build_case(TEAM, DAY, ATHLETE, stiff_rows.tables())
    assert not case.has_knowledge
    row = stage.write(case, "a" * 64).report.row(0, named=True)
    assert row["knowledge_version"] is None
    assert row["is_verified"]


def test_a_knowledge_base_known_to_be_down_is_not_asked(stiff_rows, writer):
    stage = GuidanceReportStage(LostRetriever(0, AssertionError()), writer)
    tables = stiff_rows.tables()
    case = stage.build_case(TEAM, DAY, ATHLETE, tables, has_knowledge=False)
    assert not case.has_knowledge
