from pathlib import Path

from sportsgpt_lib.storage.tables import TABLES
from sportsgpt_lib.storage.tables_page import build_tables_page

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "tables.md"


def test_the_committed_page_is_the_contract():
    assert _PAGE.read_text(encoding="utf-8") == build_tables_page(), (
        "run `python -m sportsgpt_lib.storage.tables_page`"
    )


def test_every_column_is_on_the_page_with_its_meaning():
    page = build_tables_page()
    for table in TABLES:
        for column in table.columns:
            assert f"| {column.name} | {column.type} | {column.unit} |" in page
            assert column.meaning in page
