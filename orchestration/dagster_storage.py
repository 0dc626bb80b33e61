"""Where Dagster keeps its own records: the Postgres of the data home.

``dagster.yaml`` names this class. It differs from Dagster's own in one point: without
a prepared home, Dagster's tools (``dagster definitions validate``) get an empty store
that ends with them, so that they work in a fresh checkout as well.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping
from typing import Any

from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage

from sportsgpt_lib.errors import SettingError

DAGSTER_HOME_VARIABLE = "DAGSTER_HOME"
DAGSTER_URL_VARIABLE = "DAGSTER_POSTGRES_URL"


class PlatformStorage(DagsterPostgresStorage):
    """Dagster's runs, events and schedules; the address comes from the environment."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Nothing is configured in ``dagster.yaml``."""
        return {}

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, _config: Mapping[str, Any]
    ) -> DagsterStorage:
        """Build the storage that the environment asks for.

        Raises
        ------
        SettingError
            There is a home for Dagster, but no address of its database.
        """
        url = os.environ.get(DAGSTER_URL_VARIABLE)
        if url:
            return DagsterPostgresStorage(url, inst_data=inst_data)
        if os.environ.get(DAGSTER_HOME_VARIABLE):
            raise SettingError(
                DAGSTER_URL_VARIABLE,
                f"it is not set, though {DAGSTER_HOME_VARIABLE} is",
                "start Dagster with `sportsgpt ui`, or set both",
            )
        folder = tempfile.mkdtemp(prefix="dagster-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return DagsterSqliteStorage(folder, inst_data)
