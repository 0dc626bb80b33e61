import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.partitions import TEAMS
from sportsgpt_lib.storage.audit_log import AuditLog
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from tests.stages.walking_session import BLUE, Workshop, build_workshop

Materialise = Callable[..., dg.ExecuteInProcessResult]


@pytest.fixture
def partition() -> PartitionKey:
    return BLUE


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake that holds nothing yet."""
    return Lake(tmp_path / "lake")


@pytest.fixture
def context(partition: PartitionKey) -> dg.AssetExecutionContext:
    """What an asset gets that is called as a function."""
    return dg.build_asset_context(partition_key=str(partition))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """A Dagster that knows two teams."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(str(TEAMS.name), [BLUE.team_id, "green"])
        yield instance


@pytest.fixture(scope="session")
def finished_workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return build_workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture
def workshop(finished_workshop: Workshop, tmp_path: Path) -> Workshop:
    """A session that ran as far as its technique scores, for one test alone."""
    root = tmp_path / "workshop"
    shutil.copytree(finished_workshop.root, root)
    return Workshop(root)


@pytest.fixture
def resources(workshop: Workshop) -> dict[str, Any]:
    docs = workshop.root / "docs"
    return {
        "lake": workshop.lake,
        "session_intake": workshop.intake,
        "stage_runner": workshop.runner,
        "stage_catalog": workshop.catalog,
        "session_guidance": workshop.guidance(),
        "session_pages": workshop.pages,
        "audit_log": AuditLog(workshop.lake, lambda _: docs),
    }


@pytest.fixture
def materialise(resources: dict[str, Any], instance: dg.DagsterInstance) -> Materialise:
    """Run assets and checks for the session's partition, as Dagster does."""

    def run(*parts: Any, **overrides: object) -> dg.ExecuteInProcessResult:
        return dg.materialize(
            list(parts),
            instance=instance,
            partition_key=str(BLUE),
            resources={**resources, **overrides},
            raise_on_error=False,
        )

    return run
