import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.demo_footage import CLIP_NAME, lay_out_demo_session
from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.storage.partition import PartitionKey
from tests.integration.data_home import COMMAND, DataHome, partition
from tests.integration.footage import (
    cut_walker,
    write_night,
    write_walker_session,
)

NIGHT = partition("demo-club", "2026-01-15")
WALK = partition("walk-club", "2026-01-16")


@dataclass(frozen=True)
class Night:
    """A night that went through: its home, its partition, what the command said."""

    home: DataHome
    partition: PartitionKey
    printed: str


@pytest.fixture(scope="session")
def demo_clip(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The real demo clip: from the shared data, else from the package index."""
    try:
        shared: Path = request.getfixturevalue("shared_data")
        clip = shared / "video_sports2d_flip" / CLIP_NAME
        if clip.is_file():
            return clip
    except pytest.skip.Exception:
        pass
    try:
        return lay_out_demo_session(tmp_path_factory.mktemp("demo")) / CLIP_NAME
    except SessionError as error:
        pytest.skip(f"no real footage, and none can be fetched: {error.found}")


@pytest.fixture(scope="session")
def walker_clip(demo_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    clip = tmp_path_factory.mktemp("walker") / "walker.mp4"
    cut_walker(demo_clip, clip)
    return clip


@pytest.fixture(scope="session")
def make_home(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], DataHome]]:
    """Makes data homes, each with a Postgres of its own that is removed at the end."""
    assert COMMAND.is_file(), f"{COMMAND} is not installed; run scripts/install dev"
    homes = []

    def make(name: str) -> DataHome:
        home = DataHome(tmp_path_factory.mktemp(name))
        homes.append(home)
        return home

    yield make
    for home in homes:
        home.server.remove()
        shutil.rmtree(home.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def night(
    make_home: Callable[[str], DataHome], demo_clip: Path, walker_clip: Path
) -> Night:
    """One training day from raw video to report, good and bad files side by side."""
    home = make_home("night")
    write_night(home.session_folder(NIGHT), demo_clip, walker_clip)
    home.call_well("kb", "ingest")
    return Night(home, NIGHT, home.call_well(*home.run_arguments(NIGHT)))


@pytest.fixture(scope="session")
def walk(night: Night, walker_clip: Path) -> Night:
    """A short session of another team in the same home, never interrupted."""
    write_walker_session(night.home.session_folder(WALK), walker_clip)
    printed = night.home.call_well(*night.home.run_arguments(WALK))
    return Night(night.home, WALK, printed)


@pytest.fixture
def open_instance(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[DataHome], dg.DagsterInstance]]:
    """Opens the Dagster instance of a data home in this process."""
    opened: list[Any] = []

    def open_one(home: DataHome) -> dg.DagsterInstance:
        for name, value in home.dagster_environment().items():
            monkeypatch.setenv(name, value)
        instance = dg.DagsterInstance.get()
        opened.append(instance)
        return instance

    yield open_one
    for instance in opened:
        instance.dispose()
