import pytest

from sportsgpt_lib.target_models.library import load_reference


@pytest.fixture(scope="session")
def reference():
    return load_reference("walking_stride", "schwartz2008_free")
