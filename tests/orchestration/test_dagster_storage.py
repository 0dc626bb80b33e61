import pytest
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster_postgres import DagsterPostgresStorage

from orchestration.dagster_storage import PlatformStorage
from sportsgpt_lib.errors import SettingError


def build():
    return PlatformStorage.from_config_value(None, {})


def test_without_a_home_the_store_ends_with_the_process(home):
    assert isinstance(build(), DagsterSqliteStorage)


def test_home_without_its_database_is_refused(home, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with pytest.raises(SettingError, match="DAGSTER_POSTGRES_URL"):
        build()


@pytest.mark.integration
def test_prepared_home_keeps_its_records_in_postgres(
    home, embedded_postgres, monkeypatch
):
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", embedded_postgres.url("dagster"))
    storage = build()
    assert isinstance(storage, DagsterPostgresStorage)
    assert storage.run_storage.has_run("never-made") is False
    for part in (storage.run_storage, storage.event_log_storage):
        part.dispose()
