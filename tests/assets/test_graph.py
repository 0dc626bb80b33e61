"""A picture of the training graph; whoever changes the graph changes it here too."""

import dagster as dg
import pytest

from assets.partitions import DAY_BY_TEAM
from orchestration import knowledge, training
from orchestration.jobs import KNOWLEDGE_JOB_NAME, TRAINING_JOB_NAME
from orchestration.settings import Settings
from sportsgpt_lib.storage.tables import TABLES, TABLES_BY_NAME

STAGES_BEFORE = {
    "recordings": "",
    "pose_tracks": "recordings",
    "person_sights": "recordings",
    "athlete_poses": "recordings pose_tracks person_sights",
    "pose_repairs": "recordings pose_tracks person_sights",
    "camera_geometry": "recordings pose_tracks person_sights",
    "pose_quality": "recordings pose_tracks person_sights",
    "joint_kinematics": "recordings athlete_poses camera_geometry",
    "keyframes": "recordings joint_kinematics",
    "kismam_metrics": (
        "recordings athlete_poses camera_geometry joint_kinematics keyframes"
    ),
    "findings": "recordings kismam_metrics",
    "technique_scores": "recordings kismam_metrics findings",
    "session_findings": "recordings keyframes kismam_metrics findings",
    "finding_margins": "recordings kismam_metrics findings",
    "guidance_reports": (
        "recordings keyframes kismam_metrics findings technique_scores session_findings"
    ),
    "guidance_sentences": (
        "recordings keyframes kismam_metrics findings technique_scores session_findings"
    ),
    "season_reports": "recordings kismam_metrics",
    "quality_verdicts": (
        "recordings pose_tracks athlete_poses joint_kinematics keyframes "
        "kismam_metrics findings technique_scores guidance_reports"
    ),
}
GROUPS = {
    "recordings": "recordings",
    "pose_tracks": "pose",
    "person_sights": "pose",
    "athlete_poses": "pose",
    "pose_repairs": "pose",
    "camera_geometry": "pose",
    "pose_quality": "pose",
    "joint_kinematics": "motion",
    "keyframes": "motion",
    "kismam_metrics": "assessment",
    "findings": "assessment",
    "technique_scores": "assessment",
    "session_findings": "assessment",
    "finding_margins": "assessment",
    "guidance_reports": "guidance",
    "guidance_sentences": "guidance",
    "season_reports": "guidance",
    "quality_verdicts": "quality",
}
EVALUATED = {"guidance_scores", "guidance_summary"}
SERVED = {"duckdb_marts", "postgres_marts", "session_pages", "data_docs"}
POOLS = {
    "training__pose_tracks": "pose_device",
    "serving__duckdb_marts": "duckdb_publisher",
}
EXTRA_CHECKS = {
    ("quality_verdicts", "completeness"),
    ("guidance_reports", "every_sentence_verified"),
    ("guidance_sentences", "sentences_match_reports"),
}
KNOWLEDGE = {"sources": set(), "passages": {"sources"}, "embeddings": {"passages"}}


@pytest.fixture(scope="module")
def definitions(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    return training.build_defs(settings), knowledge.build_defs(settings)


@pytest.fixture(scope="module")
def graph(definitions):
    return definitions[0].resolve_asset_graph()


def of(schema: str, name: str) -> dg.AssetKey:
    return dg.AssetKey([schema, name])


def test_the_assets_are_the_tables_and_what_is_served(graph):
    assert graph.materializable_asset_keys == {
        *(of("training", table.name) for table in TABLES),
        *(of("serving", name) for name in SERVED),
        *(of("evaluation", name) for name in EVALUATED),
    }


@pytest.mark.parametrize("name", STAGES_BEFORE)
def test_each_table_depends_on_the_tables_it_reads(graph, name):
    parents = graph.get(of("training", name)).parent_keys
    inside = {key.path[-1] for key in parents if key.path[0] == "training"}
    outside = {key for key in parents if key.path[0] != "training"}
    assert inside == set(STAGES_BEFORE[name].split())
    is_guidance = name.startswith("guidance_")
    assert outside == ({of("knowledge", "embeddings")} if is_guidance else set())


@pytest.mark.parametrize("name", GROUPS)
def test_each_table_has_group_owner_description_and_partitions(graph, name):
    node = graph.get(of("training", name))
    assert node.group_name == GROUPS[name]
    assert node.owners == [f"team:{GROUPS[name]}"]
    assert len(node.description or "") > 40
    assert node.partitions_def == DAY_BY_TEAM
    assert node.code_version
    assert node.kinds == {"python", "parquet"}


@pytest.mark.parametrize("name", GROUPS)
def test_each_table_shows_its_columns(graph, name):
    schema = graph.get(of("training", name)).metadata["dagster/column_schema"]
    names = tuple(column.name for column in schema.columns)
    assert names == TABLES_BY_NAME[name].column_names
    assert all(column.description for column in schema.columns)


@pytest.mark.parametrize("name", sorted(SERVED))
def test_what_is_served_waits_for_every_mart(graph, name):
    node = graph.get(of("serving", name))
    marts = {of("training", table.name) for table in TABLES if table.is_mart}
    assert marts <= node.parent_keys
    assert node.group_name == "serving"
    assert node.owners == ["team:serving"]
    assert len(node.description or "") > 40
    assert node.partitions_def == DAY_BY_TEAM


def test_every_table_has_its_checks_and_each_has_the_tables_partitions(graph):
    contracts = {(table.name, "contract") for table in TABLES}
    keys = {(key.asset_key.path[-1], key.name): key for key in graph.asset_check_keys}
    assert set(keys) == contracts | EXTRA_CHECKS
    for name, key in keys.items():
        node = graph.get(key)
        assert node.partitions_def == DAY_BY_TEAM, name
        assert node.blocking == (name != ("quality_verdicts", "completeness")), name
        assert node.description, name


def test_pools_hold_the_pose_device_and_the_publisher(definitions):
    job = definitions[0].resolve_job_def(TRAINING_JOB_NAME)
    pools = {node.name: node.definition.pools for node in job.nodes}
    assert {name: set(p) for name, p in pools.items() if p} == {
        name: {pool} for name, pool in POOLS.items()
    }


def test_jobs_sensor_and_schedule(definitions):
    repository = definitions[0].get_repository_def()
    assert TRAINING_JOB_NAME in repository.job_names
    (sensor,) = repository.sensor_defs
    (schedule,) = repository.schedule_defs
    assert (sensor.name, sensor.job_name) == ("finished_sessions", TRAINING_JOB_NAME)
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert (schedule.name, schedule.job_name) == ("nightly", TRAINING_JOB_NAME)
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.cron_schedule == "30 2 * * *"
    assert KNOWLEDGE_JOB_NAME in definitions[1].get_repository_def().job_names


def test_a_partition_has_the_dimensions_day_and_team():
    dimensions = {
        dimension.name: dimension.partitions_def
        for dimension in DAY_BY_TEAM.partitions_defs
    }
    assert set(dimensions) == {"day", "team"}
    assert isinstance(dimensions["day"], dg.DailyPartitionsDefinition)
    assert isinstance(dimensions["team"], dg.DynamicPartitionsDefinition)
    assert dimensions["team"].name == "team"


def test_the_knowledge_graph(definitions):
    graph = definitions[1].resolve_asset_graph()
    assert graph.materializable_asset_keys == {of("knowledge", n) for n in KNOWLEDGE}
    for name, parents in KNOWLEDGE.items():
        node = graph.get(of("knowledge", name))
        assert {key.path[-1] for key in node.parent_keys} == parents
        assert node.group_name == "knowledge"
        assert node.owners
        assert len(node.description or "") > 40
        assert not node.is_partitioned
        assert "dagster/column_schema" in node.metadata
    checked = {key.asset_key.path[-1] for key in graph.asset_check_keys}
    assert checked == set(KNOWLEDGE)
    told_only = {k.name for k in graph.asset_check_keys if not graph.get(k).blocking}
    assert told_only == {"every_manifest_is_in_order", "nothing_is_quarantined"}
