"""Data Docs of the knowledge tables: what was judged in windows is shown as one."""

import pytest

from kb_ingest import checks
from kb_ingest.audit_pages import KnowledgePages
from kb_ingest.audit_sums import add_answer
from kb_ingest.audits import TableAudit, audit_passages
from sportsgpt_lib.knowledge import store_audit
from tests.kb_ingest.library import NOTES, build_ingest, run_ingest


def build_answer(*, success: bool, unexpected: int, elements: int = 10) -> dict:
    result = {
        "success": success,
        "expectation_config": {"type": "a", "kwargs": {}},
        "result": {
            "element_count": elements,
            "unexpected_count": unexpected,
            "unexpected_percent": 100.0 * unexpected / elements,
            "missing_count": 0,
            "partial_unexpected_list": [7] * unexpected,
            "partial_unexpected_index_list": [0],
        },
    }
    return {"success": success, "results": [result], "meta": {}, "statistics": {}}


def test_answers_on_windows_add_up():
    total = add_answer({}, build_answer(success=False, unexpected=8))
    total = add_answer(total, build_answer(success=True, unexpected=0))
    total = add_answer(total, build_answer(success=False, unexpected=4, elements=20))
    (one,) = total["results"]
    assert not total["success"]
    assert not one["success"]
    assert one["result"]["element_count"] == 40
    assert one["result"]["unexpected_count"] == 12
    assert one["result"]["unexpected_percent"] == pytest.approx(30.0)
    assert len(one["result"]["partial_unexpected_list"]) == 10
    # A row's place within its window says nothing on the table.
    assert "partial_unexpected_index_list" not in one["result"]
    assert total["statistics"]["unsuccessful_expectations"] == 1


def test_without_a_folder_or_without_rows_no_pages_are_written(tmp_path):
    audit = TableAudit("knowledge_sources", result={"success": True})
    assert KnowledgePages(None).add(audit) is None
    assert KnowledgePages(tmp_path).add(TableAudit("knowledge_sources")) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.integration
@pytest.mark.usefixtures("parsed_here")
def test_pages_show_all_tables_and_a_broken_one_at_once(
    url, bare_library, tmp_path, monkeypatch
):
    monkeypatch.setattr(store_audit, "_WINDOW_ROWS", 1)
    bare_library.add("notes", "notes.md", NOTES)
    run_ingest(url, bare_library.folder)
    ingest = build_ingest(url, bare_library.folder)
    ingest.pages = KnowledgePages(tmp_path / "docs")
    contracts = (checks.sources_contract, checks.passages_contract)
    for check in contracts:
        assert "pages" not in check(ingest=ingest).metadata
    index = checks.embeddings_contract(ingest=ingest).metadata["pages"].value
    page = (tmp_path / "docs" / "pages" / "index.html").read_text()
    assert index == str(tmp_path / "docs" / "pages" / "index.html")
    for table in ("knowledge_sources", "knowledge_passages", "knowledge_embeddings"):
        assert table in page
    rows = audit_passages(url)
    (counted,) = {r["result"].get("element_count", 2) for r in rows.result["results"]}
    assert counted == rows.row_count == 2
    broken = TableAudit("knowledge_passages", result=rows.result | {"success": False})
    broken.broken["page_first is missing"] = 1
    assert KnowledgePages(tmp_path / "other").add(broken) is not None
