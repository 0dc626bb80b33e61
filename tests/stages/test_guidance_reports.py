import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import psycopg
import pytest

from kb_ingest.ingest import KnowledgeIngest
from kb_ingest.source_making import KnowledgeFolder
from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.guidance.report_versions import read_report
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.kismam.session import summarise_findings
from sportsgpt_lib.knowledge.embedder_tokens import MiniLmTokenizer
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.stages.guidance_reports import (
    READS,
    SESSION_MEDIANS,
    GuidanceReportStage,
)
from sportsgpt_lib.stages.runner import with_partition
from sportsgpt_lib.stages.session_medians import build_session_medians
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_rows, empty_rows

pytestmark = pytest.mark.integration
STARTER_FOLDER = Path(__file__).resolve().parents[2] / "kb_ingest" / "starter"
PARTITION = PartitionKey("team-blue", date(2026, 1, 15))
PLACE = {
    "team_id": "team-blue",
    "session_day": date(2026, 1, 15),
    "recording_id": "rec-1",
    "clip_sha256": "c" * 64,
    "athlete_id": "athlete-07",
    "movement": "drop_landing",
    "repetition_idx": 0,
    "movement_sha256": "f" * 64,
    "pose_model": "pose",
    "pose_weights_sha256": "e" * 64,
    "code_version": "1",
}


class OneDirectionEmbedder:
    """Gives every text the same unit vector; refuses where ``is_closed``."""

    model_name = "same@1"
    weights_sha256 = "0" * 64
    dimension = 384
    languages = None
    tokenizer = MiniLmTokenizer()

    def __init__(self, *, is_closed: bool = False) -> None:
        self._is_closed = is_closed

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        assert not self._is_closed, "the network was asked although all is cached"
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        vectors[:, 0] = 1.0
        return vectors


@pytest.fixture
def stage(postgres_url: str) -> GuidanceReportStage:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(
            "truncate knowledge.sources, knowledge.query_embeddings cascade"
        )
    ingest = KnowledgeIngest(
        KnowledgeStore(postgres_url),
        OneDirectionEmbedder(),
        [KnowledgeFolder("starter", STARTER_FOLDER)],
    )
    ingest.save_sources()
    ingest.save_passages()
    ingest.embed()
    retriever = PostgresRetriever(postgres_url, OneDirectionEmbedder(is_closed=True))
    return GuidanceReportStage(retriever, DeterministicWriter())


@pytest.fixture
def tables() -> dict[str, pl.DataFrame]:
    metric = {
        **PLACE,
        "indicator": "peak_knee_flexion",
        "indicator_name": "Greatest knee flexion",
        "value": 62.34,
        "unit": "deg",
        "error": 5.1,
        "target_low": 90.0,
        "target_high": None,
        "deviation": -1.6,
        "reference_mean": None,
        "reference_spread": None,
        "reference_count": None,
        "reference_deviation": None,
        "validity": "valid",
        "reason": None,
        "keyframe_time_s": 2.31,
    }
    finding = {
        **PLACE,
        "issue": "stiff_landing",
        "issue_name": "Stiff landing",
        "dimension": "legs_knees",
        "probability_ratio": 0.83,
        "severity_ratio": 0.7,
        "rank": 1,
        "is_reported": True,
        "evidence": json.dumps(
            [{"indicator": "peak_knee_flexion", "contribution_ratio": 1.0}]
        ),
    }
    metrics = conform_rows("kismam_metrics", pl.DataFrame([metric]))
    findings = conform_rows("findings", pl.DataFrame([finding]))
    sided = findings.with_columns(side=pl.lit("both"))
    sessions = summarise_findings(sided).drop("is_evidence")
    return {
        **{name: empty_rows(name) for name in READS},
        "kismam_metrics": metrics,
        "findings": findings,
        "session_findings": conform_rows(
            "session_findings", with_partition(sessions, PARTITION, "1")
        ),
        SESSION_MEDIANS: build_session_medians(metrics, empty_rows("recordings")),
    }


def compute(
    stage: GuidanceReportStage, tables: dict[str, pl.DataFrame]
) -> pl.DataFrame:
    return stage.compute("team-blue", date(2026, 1, 15), "athlete-07", tables)


def test_one_row_that_keeps_the_tables_contract(stage, tables):
    row = conform_rows("guidance_reports", compute(stage, tables)).row(0, named=True)
    report = GuidanceReport.model_validate_json(row["report"])
    assert row["report_id"] == report.report_id
    assert row["writer"] == "deterministic"
    assert row["prompt_version"] is None
    assert row["embedding_model"] == "same@1"
    assert row["finding_count"] == 1
    assert row["citation_count"] > 1
    assert row["dropped_count"] == 0
    assert row["is_verified"]
    assert report.plan[0].exercise == "Quiet drop landing"
    assert report.versions.movement_sha256 == {"drop_landing": "f" * 64}


def test_the_same_rows_give_the_same_bytes_in_any_order(stage, tables):
    first = compute(stage, tables)
    turned = {name: rows.reverse() for name, rows in tables.items()}
    assert compute(stage, turned).equals(first)


def test_an_athlete_without_any_row_still_gets_a_row(stage):
    tables = {name: empty_rows(name) for name in READS}
    tables[SESSION_MEDIANS] = build_session_medians(
        tables["kismam_metrics"], tables["recordings"]
    )
    row = compute(stage, tables).row(0, named=True)
    assert row["finding_count"] == 0
    report = GuidanceReport.model_validate_json(row["report"])
    assert "Nothing could be judged" in report.plan_note


def test_a_withdrawn_source_changes_version_and_takes_the_exercise_away(
    stage, tables, postgres_url: str
):
    before = compute(stage, tables)
    KnowledgeStore(postgres_url).withdraw("cards-drop-landing", "recalled")
    after = compute(stage, tables)
    assert after["knowledge_version"][0] != before["knowledge_version"][0]
    assert GuidanceReport.model_validate_json(after["report"][0]).plan == ()


def test_an_issue_that_is_defined_no_more_is_reported_without_a_plan(
    tables, postgres_url
):
    forgotten = {
        name: tables[name].with_columns(issue=pl.lit("forgotten_issue"))
        for name in ("findings", "session_findings")
    }
    stage = GuidanceReportStage(
        PostgresRetriever(postgres_url, OneDirectionEmbedder()), DeterministicWriter()
    )
    row = compute(stage, {**tables, **forgotten})
    report = GuidanceReport.model_validate_json(row["report"][0])
    assert not report.findings[0].is_answered
    assert report.plan == ()


def test_a_knowledge_base_that_is_down_leaves_a_marked_report_of_all_findings(tables):
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2"
    stage = GuidanceReportStage(
        PostgresRetriever(nowhere, OneDirectionEmbedder()), DeterministicWriter()
    )
    row = conform_rows("guidance_reports", compute(stage, tables)).row(0, named=True)
    report = read_report(row["report"])
    assert row["knowledge_version"] is None
    assert report.is_provisional
    assert report.findings[0].seen
    assert report.plan == ()


def test_a_server_lost_while_it_is_asked_is_down_too(stage, tables, postgres_url):
    retriever = PostgresRetriever(postgres_url, OneDirectionEmbedder())

    class Ends(PostgresRetriever):
        """Ends its own session on the server before it asks."""

        def _search(self, connection, *rest):
            own = connection.info.backend_pid
            with psycopg.connect(postgres_url, autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s)", [own])
            return retriever._search(connection, *rest)

    lost = GuidanceReportStage(
        Ends(postgres_url, OneDirectionEmbedder()), DeterministicWriter()
    )
    assert compute(stage, tables)["knowledge_version"][0] is not None
    assert compute(lost, tables)["knowledge_version"][0] is None


def test_the_row_names_language_and_schema(tables, postgres_url):
    retriever = PostgresRetriever(postgres_url, OneDirectionEmbedder())
    stage = GuidanceReportStage(retriever, DeterministicWriter(), "zh")
    row = compute(stage, tables).row(0, named=True)
    report = read_report(row["report"])
    assert (row["language"], row["schema_version"]) == ("zh", report.schema_version)
    assert report.findings[0].issue_name == "落地僵硬"
