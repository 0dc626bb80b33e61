import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres

_FOREIGN = ("SPORTSGPT_", "DAGSTER_")

Call = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data home of its own, and no setting of this machine."""
    saved = dict(os.environ)
    for name in saved:
        if name.startswith(_FOREIGN):
            del os.environ[name]
    folder = tmp_path / "home"
    os.environ["SPORTSGPT_HOME"] = str(folder)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    yield folder
    os.environ.clear()
    os.environ.update(saved)


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings()


@pytest.fixture
def own_server(
    home: Path, embedded_postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> EmbeddedPostgres:
    """Settings that name a server of one's own: the one all tests share."""
    for variable, role in (
        ("SPORTSGPT_POSTGRES_URL", "owner"),
        ("SPORTSGPT_POSTGRES_PIPELINE_URL", "pipeline"),
        ("SPORTSGPT_POSTGRES_DAGSTER_URL", "dagster"),
    ):
        monkeypatch.setenv(variable, embedded_postgres.url(role))  # type: ignore[arg-type]
    return embedded_postgres


@pytest.fixture
def call(home: Path) -> Call:
    """Call a command as a person would; a traceback would fail the test."""

    def call_command(*arguments: str, **more: str) -> Result:
        result = CliRunner().invoke(app, list(arguments), **more)  # type: ignore[arg-type]
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call_command
