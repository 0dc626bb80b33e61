"""Passages of a federation's documents come back beside the cards of a finding."""

from dataclasses import replace

import pytest

from sportsgpt_lib.guidance.assembly import assemble_report, is_verified
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.guidance.report_text import select_quotable
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.knowledge.retrieval import EvidencePassage
from tests.guidance.conftest import ShelfRetriever

# As a document, a row of an exercise file and a row of questions are stored.
DOCUMENTS = {
    "text": {},
    "table": {"whole": "loads", "part": 1},
    "exercise": {"name": "Step-down", "muscles": ["quadriceps"]},
    "answer": {"question": "How deep?"},
}


class DocumentsFirst(ShelfRetriever):
    """Returns passages of documents about the movement before those of cards."""

    def retrieve(self, question: str, **filters) -> tuple[EvidencePassage, ...]:
        (card, *_) = ShelfRetriever().retrieve(question, **filters)
        documents = [
            replace(card, passage_id=f"doc-{kind}", kind=kind, payload=payload)
            for kind, payload in DOCUMENTS.items()
        ]
        return (*documents, *super().retrieve(question, **filters))


def build_report(case: GuidanceCase) -> GuidanceReport:
    written = DeterministicWriter().write(case)
    report = assemble_report(
        case, written, knowledge_version="a" * 64, embedding_model="shelf@1"
    )
    assert is_verified(report, case)
    return report


def test_a_finding_quotes_cards_and_never_a_document(stiff_rows, build_case):
    alone = build_report(build_case(stiff_rows))
    beside = build_report(build_case(stiff_rows, DocumentsFirst()))
    assert alone.plan
    assert beside == alone


def test_a_finding_on_which_only_documents_speak_is_not_answered(
    stiff_rows, build_case
):
    documents_only = DocumentsFirst(missing=frozenset({"stiff_landing"}))
    report = build_report(build_case(stiff_rows, documents_only))
    assert [finding.is_answered for finding in report.findings] == [False]
    assert report.plan == ()
    assert "Nothing is proposed for it" in (report.plan_note or "")


@pytest.mark.parametrize("kind", ["technique", "exercise", "answer"])
def test_every_card_and_answer_of_the_starter_can_be_quoted(kind: str):
    shelf = [p for p in ShelfRetriever()._passages if p.kind == kind]
    assert shelf
    assert select_quotable(shelf) == tuple(shelf)
