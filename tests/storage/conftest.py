from datetime import date

import pytest

from sportsgpt_lib.storage.partition import PartitionKey


@pytest.fixture
def partition() -> PartitionKey:
    return PartitionKey("blue", date(2026, 1, 15))
