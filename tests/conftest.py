import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from sportsgpt_lib.storage.contract import Column
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
from sportsgpt_lib.storage.migrations import migrate
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_rows, find_table

_CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with whole runs, so that two processes end at about the same time."""
    items.sort(key=lambda item: "integration" not in item.path.parts)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real footage and recordings; it is no part of the checkout."""
    beside = _CHECKOUT.parent / "shared" / "data"
    folder = Path(os.environ.get("SPORTSGPT_SHARED_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"no real footage: {folder} is not there")
    return folder


@pytest.fixture(scope="session")
def embedded_postgres(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres-home"))
    try:
        migrate(server.start())
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres_url(embedded_postgres: EmbeddedPostgres) -> str:
    return embedded_postgres.url("owner")


@pytest.fixture
def build_rows() -> Callable[..., pl.DataFrame]:
    """Build lawful rows of any table; every key is unique."""

    def build(table: str, partition: PartitionKey, count: int = 3) -> pl.DataFrame:
        contract = find_table(table)
        columns = {
            column.name: [_build_value(column, partition, idx) for idx in range(count)]
            for column in contract.columns
        }
        return conform_rows(contract, pl.DataFrame(columns))

    return build


def _build_value(
    column: Column, partition: PartitionKey, idx: int
) -> str | int | float | bool | date:
    lawful: dict[str, str | int | float | bool | date] = {
        "integer": int(column.minimum or 0) + idx,
        "real": (column.minimum or 0.0) + min(idx / 8, column.maximum or 1.0),
        "boolean": idx % 2 == 0,
        "date": partition.session_day,
        "json": "[]",
        "text": column.allowed[0] if column.allowed else f"{column.name}-{idx}",
    }
    return partition.team_id if column.name == "team_id" else lawful[column.type]
