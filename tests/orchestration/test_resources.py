import pytest

from orchestration.resources import (
    build_inbox,
    build_stage_cache,
    build_stage_catalog,
    build_writer,
    describe_writer,
    knowledge_resources,
    training_resources,
)
from orchestration.settings import Settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.guidance.model_writer import ModelWriter
from sportsgpt_lib.guidance.prompt import PROMPT_VERSION
from sportsgpt_lib.guidance.writer import DeterministicWriter

URL = "http://127.0.0.1:1/v1"


def test_no_server_means_the_deterministic_writer(settings):
    assert isinstance(build_writer(settings), DeterministicWriter)
    assert describe_writer(settings) == "deterministic"


def test_server_without_its_model_is_refused(home):
    with pytest.raises(SettingError, match="SPORTSGPT_MODEL_NAME") as caught:
        build_writer(Settings(model_url=URL))
    assert caught.value.fix


def test_model_and_prompt_decide_what_a_report_was_written_by(home):
    settings = Settings(model_url=URL, model_name="Qwen/Qwen3-8B")
    assert isinstance(build_writer(settings), ModelWriter)
    assert describe_writer(settings) == f"Qwen/Qwen3-8B {PROMPT_VERSION}"
    other = Settings(model_url=URL, model_name="another")
    assert describe_writer(settings) != describe_writer(other)


def test_what_is_stored_lies_in_the_data_home(settings, home):
    assert str(build_inbox(settings).root) == str(home / "inbox")
    assert str(build_stage_cache(settings).root) == str(home / "lake" / "stage_cache")


def test_no_network_is_loaded_before_a_stage_asks_for_it(home):
    catalog = build_stage_catalog(Settings(pose_backend="mmpose"))
    assert catalog.findings.table_name == "findings"
    with pytest.raises(SettingError):
        _ = catalog.pose_tracks


def test_neither_path_nor_password_enters_dagsters_configuration(home):
    settings = Settings(postgres_url="postgresql://owner:hunter2@db/sportsgpt")
    resources = {**training_resources(settings), **knowledge_resources(settings)}
    for name, resource in resources.items():
        assert resource.config_schema.as_field().is_required is False, name
        assert "hunter2" not in repr(vars(resource)), name
