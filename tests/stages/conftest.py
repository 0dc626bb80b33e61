import shutil
from pathlib import Path

import pytest

from tests.stages.walking_session import BLUE, Workshop, build_workshop, finish


@pytest.fixture(scope="session")
def finished_workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return build_workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(scope="session")
def written_workshop(
    finished_workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Workshop:
    root = tmp_path_factory.mktemp("written") / "workshop"
    workshop = finish(_copy(finished_workshop, root))
    workshop.pages.write(BLUE)
    return workshop


@pytest.fixture
def workshop(finished_workshop: Workshop, tmp_path: Path) -> Workshop:
    """A session that ran as far as its technique scores, for one test alone."""
    return _copy(finished_workshop, tmp_path / "workshop")


@pytest.fixture
def written(written_workshop: Workshop, tmp_path: Path) -> Workshop:
    """The same session with its pages, which cost the most; for one test alone."""
    return _copy(written_workshop, tmp_path / "written")


def _copy(workshop: Workshop, root: Path) -> Workshop:
    shutil.copytree(workshop.root, root)
    return Workshop(root)
