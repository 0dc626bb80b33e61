from pathlib import Path

from sportsgpt_lib.storage.tables import TABLES
from sportsgpt_lib.storage.tables_page import build_tables_page
from sportsgpt_lib.storage.views import list_views

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


def test_every_column_of_every_view_is_on_the_page_with_its_comment():
    sections = build_tables_page().partition("## Views")[2].split("\n### ")
    by_name = {section.split("\n")[0]: section for section in sections}
    for view in list_views():
        for name, comment in view.comments.items():
            assert f"| {name} | {comment} |" in by_name[view.qualified_name]
