from types import SimpleNamespace

import pytest

from orchestration import resources, runs
from orchestration.runs import RunOutcome

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("failures", "exit_code"), [({}, 0), ({"passages": "card [1] is wrong"}, 1)]
)
def test_ingest_ends_as_its_run_ended(
    call, own_server, monkeypatch, failures, exit_code
):
    outcome = RunOutcome("run-1", success=not failures, failures=failures)
    monkeypatch.setattr(runs, "run_knowledge_base", lambda *_: outcome)
    result = call("kb", "ingest")
    assert result.exit_code == exit_code
    assert ("Failed passages: card [1] is wrong" in result.stderr) is bool(failures)


@pytest.fixture
def shelf(own_server, monkeypatch):
    found: list[SimpleNamespace] = []
    retriever = SimpleNamespace(retrieve=lambda question, wanted: tuple(found[:wanted]))
    monkeypatch.setattr(resources, "build_retriever", lambda _: retriever)
    return found


def test_passages_are_shown_with_their_sources(call, shelf):
    for number in range(3):
        shelf.append(
            SimpleNamespace(
                title=f"Stiff knee [{number}]", source_id="cards", text="Bend [it]."
            )
        )
    result = call("kb", "search", "stiff knee", "--limit", "2")
    assert result.stdout.splitlines() == [
        "Stiff knee [0] (cards)",
        "Bend [it].",
        "Stiff knee [1] (cards)",
        "Bend [it].",
    ]


def test_question_without_an_answer_is_said(call, shelf):
    result = call("kb", "search", "how to bake bread")
    assert result.exit_code == 0
    assert "nothing close enough" in result.stdout
