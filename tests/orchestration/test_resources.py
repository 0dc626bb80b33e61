import pytest

from orchestration.resources import (
    build_inbox,
    build_stage_cache,
    build_stage_catalog,
    knowledge_resources,
    training_resources,
)
from orchestration.settings import Settings
from sportsgpt_lib.errors import SettingError


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
