"""A database with reports from before schema version 2.0 is carried over whole."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from sportsgpt_lib.storage import migrations
from sportsgpt_lib.storage.migrations import list_migrations, migrate

pytestmark = pytest.mark.integration
FIRST_NEW = "migrations/0010_report_languages.sql"
STORED = Path(__file__).parents[1] / "guidance" / "stored_reports" / "report_1_1.json"


@pytest.fixture
def old_url(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database as it was before reports had a language, with one report."""
    name = "old_reports_test"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        url = psycopg.conninfo.make_conninfo(postgres_url, dbname=name)
        old = tuple(part for part in list_migrations() if part < FIRST_NEW)
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "list_sql", lambda _area: old)
            patch.setattr(migrations, "list_views", lambda: ())
            patch.setattr(migrations, "DATABASE_TABLES", ())
            migrate(url)
        with psycopg.connect(url) as old_database:
            old_database.execute(
                "insert into training.guidance_reports (team_id, session_day, "
                "athlete_id, report_id, report, writer, knowledge_version, "
                "embedding_model, finding_count, citation_count, dropped_count, "
                "is_verified, code_version) values ('blue', '2026-01-15', 'runner-07', "
                "'0123456789abcdef', %s, 'deterministic', 'a', 'b@1', 1, 1, 0, true, "
                "'guidance_reports-4')",
                [STORED.read_text(encoding="utf-8")],
            )
        yield url
        connection.execute(
            sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
        )


def test_an_old_report_stays_and_can_be_answered_to(old_url):
    assert migrate(old_url)
    assert migrate(old_url) == []
    report = json.loads(STORED.read_text(encoding="utf-8"))
    with psycopg.connect(old_url) as connection:
        kept = connection.execute(
            "select report, schema_version, language from training.guidance_reports"
        ).fetchall()
        items = connection.execute(
            "select item_kind, item_id from feedback.report_items"
        ).fetchall()
    assert kept == [(report, None, None)]
    assert set(items) == {
        *(("finding", f"{p['movement']}/{p['issue']}") for p in report["findings"]),
        *(("exercise", part["passage"]) for part in report["plan"]),
    }
    assert report["findings"]
    assert report["plan"]
