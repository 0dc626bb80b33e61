"""Prepares a process for Dagster: databases up, migrated, and its variables set.

The command line and the tests call ``prepare`` before they touch a Dagster instance.
Code locations started by it inherit the variables.
"""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr
from upath import UPath

from orchestration.dagster_storage import (
    DAGSTER_HOME_VARIABLE,
    DAGSTER_URL_VARIABLE,
)
from orchestration.settings import ENV_PREFIX, PROJECT_ROOT, Settings
from sportsgpt_lib.storage.atomic_files import write_atomically
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
from sportsgpt_lib.storage.migrations import migrate

DAGSTER_DATABASE = "dagster"
_OWNER_ONLY = 0o700
_INSTANCE_FILE = "dagster.yaml"


@dataclass(frozen=True)
class Databases:
    """Addresses, each with its password.

    ``owner_url`` migrates, ``pipeline_url`` reads and writes every team's rows,
    ``dagster_url`` is Dagster's own storage.
    """

    owner_url: str
    pipeline_url: str
    dagster_url: str


def start_databases(settings: Settings) -> Databases:
    """Start the embedded Postgres, or take the server of the settings.

    Raises
    ------
    DatabaseError
        It does not start.
    """
    if settings.postgres_url is None:
        server = EmbeddedPostgres(settings.home)
        server.start()
        return Databases(
            server.url("owner"), server.url("pipeline"), server.url("dagster")
        )
    owner_url = settings.postgres_url.get_secret_value()
    return Databases(
        owner_url,
        _or_else(settings.postgres_pipeline_url, owner_url),
        _or_else(
            settings.postgres_dagster_url, _with_database(owner_url, DAGSTER_DATABASE)
        ),
    )


def make_private_home(settings: Settings) -> None:
    """Make the data home, and close it to everybody but its owner: it holds footage."""
    settings.home.mkdir(parents=True, exist_ok=True)
    settings.home.chmod(_OWNER_ONLY)


def prepare(settings: Settings) -> Databases:
    """Start and migrate the databases, and set the variables Dagster reads."""
    make_private_home(settings)
    databases = start_databases(settings)
    migrate(databases.owner_url)
    dagster_home = settings.home.resolve() / "dagster"
    write_atomically(
        UPath(dagster_home / _INSTANCE_FILE),
        (PROJECT_ROOT / _INSTANCE_FILE).read_bytes(),
    )
    os.environ.update(
        {
            DAGSTER_HOME_VARIABLE: str(dagster_home),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "GX_ANALYTICS_ENABLED": "false",
            "HF_HUB_OFFLINE": "1",
            f"{ENV_PREFIX}HOME": str(settings.home.resolve()),
            DAGSTER_URL_VARIABLE: databases.dagster_url,
        }
    )
    return databases


def _or_else(url: SecretStr | None, default: str) -> str:
    return default if url is None else url.get_secret_value()


def _with_database(url: str, database: str) -> str:
    parts = urlsplit(url)
    # Not by urlunsplit, which drops the slashes of an address without a host.
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{database}{query}"
