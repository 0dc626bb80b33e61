import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

import kb_ingest.assets
import kb_ingest.checks
from kb_ingest.embedding import list_questions
from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever, build_issue_question
from sportsgpt_lib.knowledge.retrieval_abstention import AbstentionRule
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.sports.loader import load_movement, movement_names
from tests.kb_ingest.library import ROOT, WordEmbedder, build_ingest

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("parsed_here")]
ANY = AbstentionRule(least_similarity=0.0, word_relief=0.0, least_word_share=0.0)
STARTER_FOLDER = ROOT / "kb_ingest" / "starter"


def run(
    url: str, embedder: WordEmbedder, *folders: Path, must_succeed: bool = True
) -> dg.ExecuteInProcessResult:
    assets = dg.load_assets_from_modules([kb_ingest.assets])
    checks = dg.load_asset_checks_from_modules([kb_ingest.checks])
    return dg.materialize(
        [*assets, *checks],
        resources={"ingest": build_ingest(url, *folders, embedder=embedder)},
        raise_on_error=must_succeed,
    )


def metadata_of(result: dg.ExecuteInProcessResult, name: str) -> dict[str, object]:
    for event in result.get_asset_materialization_events():
        if event.asset_key == dg.AssetKey(["knowledge", name]):
            return {k: v.value for k, v in event.materialization.metadata.items()}
    raise AssertionError(f"{name} was not materialised")


def test_the_starter_is_ingested_and_all_its_checks_pass(url):
    embedder = WordEmbedder()
    result = run(url, embedder, STARTER_FOLDER)
    assert result.success
    checks = result.get_asset_check_evaluations()
    assert len(checks) == 10
    assert [check.check_name for check in checks if not check.passed] == []
    counts = KnowledgeStore(url).count_rows()
    assert metadata_of(result, "embeddings")["dagster/row_count"] == counts["passages"]
    assert metadata_of(result, "sources")["dagster/row_count"] == counts["sources"]
    assert metadata_of(result, "passages")["dagster/row_count"] == counts["passages"]
    cards = metadata_of(result, "sources")["cards"]
    assert counts["passages"] == 2 * cards + metadata_of(result, "sources")["answers"]
    embedder.embedded.clear()
    retriever = PostgresRetriever(url, embedder, rule=ANY)
    for issue in load_movement("drop_landing").issues:
        question = build_issue_question(issue)
        found = retriever.retrieve(question, movement="drop_landing", issue=issue.name)
        assert {"technique", "exercise"} <= {passage.kind for passage in found}
    assert embedder.embedded == []


def test_a_second_run_embeds_nothing_and_keeps_the_version(url, embedder, library):
    first = run(url, embedder, library.folder)
    embedder.embedded.clear()
    again = run(url, embedder, library.folder)
    assert embedder.embedded == []
    made = metadata_of(again, "passages")
    assert (made["sources_made"], made["sources_kept"], made["new"]) == (0, 4, 0)
    assert made["sources_quarantined"] == 1
    versions = [
        metadata_of(result, "embeddings")["knowledge_version"]
        for result in (first, again)
    ]
    assert versions[0] == versions[1]


def test_what_is_left_out_is_told_without_stopping_the_run(url, embedder, library):
    result = run(url, embedder, library.folder)
    assert result.success
    failed = [
        c.check_name for c in result.get_asset_check_evaluations() if not c.passed
    ]
    assert failed == ["nothing_is_quarantined"]


def test_a_blocking_check_stops_what_comes_after_it(
    url, embedder, library, monkeypatch
):
    monkeypatch.setattr(
        kb_ingest.checks, "list_duplicated_texts", lambda _: {"p": ["a", "b"]}
    )
    result = run(url, embedder, library.folder, must_succeed=False)
    assert not result.success
    assert embedder.embedded == []


def test_no_collection_in_order_makes_the_run_red(url, embedder, library):
    library.entries["handbook"]["licence"] = "unknown"
    library.sign()
    with pytest.raises(KnowledgeError):
        run(url, embedder, library.folder)
    assert KnowledgeStore(url).count_rows()["passages"] == 0


def test_every_issue_asks_its_own_question():
    questions = list_questions()
    assert len(set(questions)) == len(questions)
    for name in movement_names():
        issues = load_movement(name).issues
        own = {build_issue_question(issue) for issue in issues}
        assert len(own) == len(issues)
        assert own <= set(questions)


def test_a_source_withdrawn_in_the_manifest_leaves_retrieval(url, embedder, library):
    run(url, embedder, library.folder)
    library.entries["handbook"]["withdrawn_reason"] = "recalled"
    library.sign()
    assert run(url, embedder, library.folder).success
    in_use = {text.source_id for text in KnowledgeStore(url).iter_passage_texts()}
    assert "notes" in in_use
    assert "handbook" not in in_use


def test_assets_describe_themselves():
    for asset in dg.load_assets_from_modules([kb_ingest.assets]):
        assert isinstance(asset, dg.AssetsDefinition)
        for key, spec in asset.specs_by_key.items():
            assert key.path[0] == "knowledge"
            assert spec.group_name == "knowledge"
            assert list(spec.owners) == ["team:knowledge"]
            assert spec.description.startswith("One row per")
            assert spec.metadata["dagster/column_schema"].columns


def test_loading_the_assets_imports_no_network_and_no_model():
    code = (
        "import sys, kb_ingest.assets;"
        "print([m for m in ('torch', 'sentence_transformers') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
