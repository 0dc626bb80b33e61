"""Every asset for one real session, run by Dagster, with made-up poses only."""

import dagster as dg
import polars as pl
import psycopg
import pytest

import assets.assessment
import assets.checks
import assets.guidance
import assets.motion
import assets.pose
import assets.publish
import assets.quality
import assets.recordings
import assets.season
from assets.stage_asset import table_asset
from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.storage.duckdb_marts import DuckDbMarts, read_duckdb
from sportsgpt_lib.storage.tables import FINDINGS, TABLES
from tests.stages.walking_session import BLUE, Workshop

STAGES = (
    assets.recordings.recordings,
    assets.pose.pose_tracks,
    assets.pose.athlete_poses,
    assets.motion.joint_kinematics,
    assets.motion.keyframes,
    assets.assessment.kismam_metrics,
    assets.assessment.findings,
    assets.assessment.technique_scores,
    assets.assessment.session_findings,
    assets.assessment.finding_margins,
    assets.guidance.guidance_reports,
    assets.season.season_reports,
    assets.quality.quality_verdicts,
)
SERVED = (
    assets.publish.duckdb_marts,
    assets.publish.data_docs,
    assets.publish.session_pages,
)
KNOWLEDGE = assets.guidance.KNOWLEDGE_INDEX


class Unreachable:
    """A server that never answers."""

    def __init__(self) -> None:
        self.attempts = 0

    def publish(self, *_: object) -> dict[str, int]:
        self.attempts += 1
        cause = psycopg.OperationalError("connection refused")
        raise DatabaseError("Postgres", "no answer", "start it") from cause


def metadata_of(result: dg.ExecuteInProcessResult, name: str) -> dict[str, object]:
    (event,) = [
        event
        for event in result.get_asset_materialization_events()
        if event.asset_key.path[-1] == name
    ]
    return {k: v.value for k, v in event.materialization.metadata.items()}


@pytest.fixture
def publisher(workshop: Workshop) -> DuckDbMarts:
    return DuckDbMarts(workshop.root / "published.duckdb", workshop.lake)


@pytest.mark.integration
def test_one_run_makes_every_table_passes_every_gate_and_serves(
    materialise, workshop, publisher
):
    result = materialise(
        *STAGES,
        *SERVED,
        KNOWLEDGE,
        *assets.checks.CHECKS,
        duckdb_publisher=publisher,
    )
    assert result.success
    checks = {
        (check.asset_key.path[-1], check.check_name): check
        for check in result.get_asset_check_evaluations()
    }
    assert len(checks) == len(TABLES) + 3
    failed = {name for name, check in checks.items() if not check.passed}
    assert failed == {("quality_verdicts", "completeness")}
    lake = workshop.lake
    for table in TABLES:
        rows = lake.read(table, BLUE)
        assert metadata_of(result, table.name)["dagster/row_count"] == rows.height > 0
    athletes = read_duckdb(
        workshop.root / "published.duckdb",
        "select distinct athlete_id from training.kismam_metrics order by all",
    )
    assert athletes["athlete_id"].to_list() == ["walker-01", "walker-02"]


def test_recordings_report_what_was_stopped(materialise):
    result = materialise(assets.recordings.recordings)
    shown = metadata_of(result, "recordings")
    assert (shown["dagster/row_count"], shown["stopped_subjects"]) == (3, 2)


def test_second_run_of_a_stage_reuses_everything(materialise):
    shown = metadata_of(materialise(assets.motion.keyframes), "keyframes")
    assert (shown["computed_subjects"], shown["reused_subjects"]) == (0, 2)
    assert shown["preview_shows"].startswith("worst match of the partition: recording")
    assert "data:image/png;base64," in shown["preview"]


def test_poses_show_a_figure_and_no_likeness(materialise):
    shown = metadata_of(materialise(assets.pose.athlete_poses), "athlete_poses")
    assert shown["preview"].startswith("![recording ")
    assert "data:image/png;base64," in shown["preview"]


def test_guidance_reports_what_it_answered(materialise):
    result = materialise(assets.guidance.guidance_reports, KNOWLEDGE)
    shown = metadata_of(result, "guidance_reports")
    assert shown["findings_answered"] == 1
    assert shown["sources_cited"] > 1
    assert shown["sentences_dropped"] == 0
    assert shown["writers"] == ["deterministic"]


def test_verdicts_are_counted_by_their_reason(materialise):
    shown = metadata_of(
        materialise(assets.quality.quality_verdicts), "quality_verdicts"
    )
    assert shown["completeness_ratio"] == 0.5
    reasons = {row["reason_code"]: row["count"] for row in shown["stopped_because"]}
    assert reasons == {"empty_file": 1, "not_in_manifest": 1}


def test_server_that_was_not_reached_is_asked_again(materialise, monkeypatch):
    monkeypatch.setattr(assets.publish, "_WAIT_S", 0.01)
    unreachable = Unreachable()
    result = materialise(assets.publish.postgres_marts, postgres_publisher=unreachable)
    assert not result.success
    assert unreachable.attempts == 1 + assets.publish._ATTEMPTS


def test_table_that_breaks_its_contract_stops_what_comes_after(
    materialise, workshop, publisher
):
    @table_asset(FINDINGS, group="assessment", reads=[], code_version="1")
    def findings() -> None:
        rows = workshop.lake.read(FINDINGS, BLUE)
        workshop.lake.write(
            FINDINGS, BLUE, rows.with_columns(probability_ratio=pl.lit(1.5))
        )

    (gate,) = [
        check
        for check in assets.checks.CHECKS
        if check.check_key.asset_key.path[-1] == "findings"
    ]
    result = materialise(
        findings, gate, assets.publish.duckdb_marts, duckdb_publisher=publisher
    )
    assert not result.success
    (evaluation,) = result.get_asset_check_evaluations()
    assert not evaluation.passed
    assert evaluation.severity is dg.AssetCheckSeverity.ERROR
    assert not (workshop.root / "published.duckdb").exists()


def test_what_a_team_wrote_wrongly_never_reaches_the_log_of_dagster(
    materialise, workshop, instance
):
    manifest = workshop.session_folder(BLUE) / "session.toml"
    text = manifest.read_text().replace('"walker-01"', '"Max Mustermann"')
    manifest.write_text(text)
    result = materialise(assets.recordings.recordings)
    assert not result.success
    log = str(instance.all_logs(result.run_id))
    assert "Mustermann" not in log
    assert "[[athletes]] no. 1, id" in log
    assert "sportsgpt session check" in log
