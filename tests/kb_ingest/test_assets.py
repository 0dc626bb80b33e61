import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import numpy as np
import psycopg
import pytest

import kb_ingest.assets
from kb_ingest.ingest import list_questions
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever, build_issue_question
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.sports.loader import load_movement, movement_names

pytestmark = pytest.mark.integration
STARTER_FOLDER = Path(__file__).resolve().parents[2] / "kb_ingest" / "starter"


class CountingEmbedder:
    """Gives every text the same unit vector, and remembers what it was asked."""

    model_name = "same@1"
    weights_sha256 = "0" * 64
    dimension = 384

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded.extend(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        vectors[:, 0] = 1.0
        return vectors


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def url(postgres_url: str) -> str:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(
            "truncate knowledge.sources, knowledge.query_embeddings cascade"
        )
    return postgres_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(STARTER_FOLDER, tmp_path / "starter")


def run(
    url: str, embedder: CountingEmbedder, folder: Path, *, must_succeed: bool = True
) -> dg.ExecuteInProcessResult:
    assets = dg.load_assets_from_modules([kb_ingest.assets])
    checks = dg.load_asset_checks_from_modules([kb_ingest.assets])
    return dg.materialize(
        [*assets, *checks],
        resources={
            "store": KnowledgeStore(url),
            "embedder": embedder,
            "starter_folder": folder,
        },
        raise_on_error=must_succeed,
    )


def metadata_of(result: dg.ExecuteInProcessResult, name: str) -> dict[str, object]:
    for event in result.get_asset_materialization_events():
        if event.asset_key == dg.AssetKey(["knowledge", name]):
            return {k: v.value for k, v in event.materialization.metadata.items()}
    raise AssertionError(f"{name} was not materialised")


def test_the_graph_ingests_the_starter_and_all_its_checks_pass(url, embedder, folder):
    result = run(url, embedder, folder)
    assert result.success
    checks = result.get_asset_check_evaluations()
    assert len(checks) == 5
    assert all(check.passed for check in checks)
    counts = KnowledgeStore(url).count_rows(embedder.model_name)
    assert counts["embeddings"] == counts["passages"] > 30
    assert metadata_of(result, "sources")["dagster/row_count"] == counts["sources"] == 3
    assert metadata_of(result, "passages")["dagster/row_count"] == counts["passages"]


def test_a_second_run_embeds_nothing_and_keeps_the_version(url, embedder, folder):
    first = metadata_of(run(url, embedder, folder), "embeddings")
    embedder.embedded.clear()
    again = run(url, embedder, folder)
    assert embedder.embedded == []
    assert metadata_of(again, "passages")["new"] == 0
    assert metadata_of(again, "embeddings")["embedded_now"] == 0
    assert (
        metadata_of(again, "embeddings")["knowledge_version"]
        == first["knowledge_version"]
    )


def test_questions_of_all_issues_are_known_after_the_ingest(url, embedder, folder):
    run(url, embedder, folder)
    embedder.embedded.clear()
    retriever = PostgresRetriever(url, embedder)
    for name in sorted(path.stem for path in folder.glob("cards/*.toml")):
        for issue in load_movement(name).issues:
            question = build_issue_question(issue)
            found = retriever.retrieve(question, movement=name, issue=issue.name)
            assert {"technique", "exercise"} <= {passage.kind for passage in found}
    assert embedder.embedded == []


def test_every_issue_asks_its_own_question():
    questions = list_questions()
    assert len(set(questions)) == len(questions)
    for name in movement_names():
        issues = load_movement(name).issues
        own = {build_issue_question(issue) for issue in issues}
        assert len(own) == len(issues)
        assert own <= set(questions)


def test_a_wrong_folder_stops_the_ingest_before_anything_is_saved(
    url, embedder, folder
):
    manifest = folder / "kb_sources.toml"
    manifest.write_text(manifest.read_text().replace('licence = "CC-BY-4.0"\n', "", 1))
    result = run(url, embedder, folder, must_succeed=False)
    assert not result.success
    assert KnowledgeStore(url).count_rows(embedder.model_name)["passages"] == 0


def test_a_source_withdrawn_in_the_manifest_leaves_retrieval(url, embedder, folder):
    run(url, embedder, folder)
    manifest = folder / "kb_sources.toml"
    manifest.write_text(
        manifest.read_text().replace(
            'kind = "answers"', 'withdrawn_reason = "recalled"\nkind = "answers"'
        )
    )
    assert run(url, embedder, folder).success
    retriever = PostgresRetriever(url, embedder)
    found = retriever.retrieve("How deep?", movement="drop_landing", wanted=50)
    assert found
    assert "answers-technique" not in {passage.source_id for passage in found}


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
