import dagster as dg
import pytest

from orchestration import knowledge, training
from orchestration.jobs import KNOWLEDGE_JOB_NAME, TRAINING_JOB_NAME
from sportsgpt_lib.storage.tables import TABLES


@pytest.fixture
def graph(settings):
    definitions = training.build_defs(settings)
    dg.Definitions.validate_loadable(definitions)
    return definitions


def test_every_table_is_an_asset_with_its_contract_as_a_gate(graph):
    assets = graph.resolve_asset_graph()
    tables = {dg.AssetKey(["training", table.name]) for table in TABLES}
    assert tables <= assets.get_all_asset_keys()
    gated = {
        key.asset_key
        for key in assets.asset_check_keys
        if key.name == "contract" and assets.get(key).blocking
    }
    assert gated == tables


def test_one_run_makes_all_tables_of_a_day_and_serves_them(graph):
    job = graph.resolve_job_def(TRAINING_JOB_NAME)
    made = {key.to_user_string() for key in job.asset_layer.executable_asset_keys}
    assert {f"training/{table.name}" for table in TABLES} <= made
    assert {"serving/duckdb_marts", "serving/postgres_marts"} <= made
    assert not any(name.startswith("knowledge/") for name in made)


def test_the_two_graphs_meet_in_one_asset(graph, settings):
    other = knowledge.build_defs(settings).resolve_asset_graph()
    shared = (
        graph.resolve_asset_graph().get_all_asset_keys() & other.get_all_asset_keys()
    )
    assert shared == {dg.AssetKey(["knowledge", "embeddings"])}


def test_code_server_finds_both_locations(home):
    loaded = training.defs()
    assert loaded.resolve_job_def(TRAINING_JOB_NAME)
    assert knowledge.defs().resolve_job_def(KNOWLEDGE_JOB_NAME)
