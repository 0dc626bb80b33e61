import shutil
from pathlib import Path

import pytest

from tests.stages.walking_session import Workshop, build_workshop


@pytest.fixture(scope="session")
def finished_workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return build_workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture
def workshop(finished_workshop: Workshop, tmp_path: Path) -> Workshop:
    """A session that ran as far as its technique scores, for one test alone."""
    root = tmp_path / "workshop"
    shutil.copytree(finished_workshop.root, root)
    return Workshop(root)
