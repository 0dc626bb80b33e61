"""A published report of each test's own, and logins of a coach and others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import polars as pl
import psycopg
import pytest

from sportsgpt_lib.feedback.store import FeedbackStore
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.postgres_logins import grant_team_access
from sportsgpt_lib.storage.postgres_marts import PostgresMarts
from tests.reporting.session_rows import build_guidance_row, build_report, table

FINDING = "walking_stride/stiff_swing_knee"
EXERCISE = "card-marching"
DAY = date(2026, 1, 15)


@dataclass(frozen=True)
class Published:
    """A report in Postgres, and the marts to publish others with."""

    team_id: str
    report_id: str
    marts: PostgresMarts

    def publish(self, **changes: object) -> str:
        """Publish a report in place of the one before; returns its id."""
        report = build_report(team_id=self.team_id, **changes)
        rows = table("guidance_reports", [build_guidance_row(report)])
        rows = rows.with_columns(team_id=pl.lit(self.team_id))
        self.marts.publish(PartitionKey(self.team_id, DAY), {"guidance_reports": rows})
        return report.report_id


@pytest.fixture
def publish_team(embedded_postgres) -> Callable[[str], Published]:
    """Publish the report of a team."""
    marts = PostgresMarts(embedded_postgres.url("pipeline"))

    def publish(team_id: str) -> Published:
        report_id = Published(team_id, "", marts).publish()
        return Published(team_id, report_id, marts)

    return publish


@pytest.fixture
def published(publish_team, embedded_postgres) -> Iterator[Published]:
    team = publish_team(f"feedback-{uuid4().hex[:8]}")
    yield team
    # Only the owner may: what pipelines and coaches write stays.
    with psycopg.connect(embedded_postgres.url("owner")) as connection:
        for place in ("training.coach_feedback", "feedback.report_items"):
            connection.execute(
                f"delete from {place} where team_id = %s",  # noqa: S608
                [team.team_id],
            )


@pytest.fixture
def store(embedded_postgres) -> FeedbackStore:
    return FeedbackStore(embedded_postgres.url("pipeline"))


@pytest.fixture
def log_in(embedded_postgres) -> Callable[..., str]:
    """Make a login of a group for some teams; returns its address."""
    owner_url = embedded_postgres.url("owner")

    def make(name: str, group: str, teams: list[str]) -> str:
        grant_team_access(owner_url, name, group, teams, password="pw")
        return psycopg.conninfo.make_conninfo(owner_url, user=name, password="pw")

    return make
