"""Who may log in: the platform's own logins, and people with the teams they may see.

Groups and row-level security are SQL text (``sql/bootstrap``, ``sql/migrations``).
Passwords of the embedded server lie in one file that only its owner can read.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import psycopg
from psycopg import sql
from upath import UPath

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.storage.atomic_files import write_atomically
from sportsgpt_lib.storage.postgres_binaries import make_folder
from sportsgpt_lib.storage.sql_text import load_sql

PlatformRole = Literal["owner", "pipeline", "dagster"]
PersonGroup = Literal["sportsgpt_analyst", "sportsgpt_reader", "sportsgpt_coach"]
_PERSON_GROUPS: tuple[PersonGroup, ...] = get_args(PersonGroup)
# A coach reads as readers do, and may answer to findings and exercises besides.
_GROUPS_OF: dict[PersonGroup, tuple[PersonGroup, ...]] = {
    "sportsgpt_analyst": ("sportsgpt_analyst",),
    "sportsgpt_reader": ("sportsgpt_reader",),
    "sportsgpt_coach": ("sportsgpt_reader", "sportsgpt_coach"),
}
_PASSWORD_BYTES = 24


@dataclass(frozen=True)
class PlatformLogin:
    """One of the platform's own logins and the database it works in."""

    name: str
    database: str


PLATFORM_LOGINS: dict[PlatformRole, PlatformLogin] = {
    "owner": PlatformLogin("sportsgpt_owner", "sportsgpt"),
    "pipeline": PlatformLogin("sportsgpt_pipeline_login", "sportsgpt"),
    "dagster": PlatformLogin("sportsgpt_dagster", "dagster"),
}


@dataclass(frozen=True)
class PasswordFile:
    """Generated passwords of the platform's logins, in a file of mode 0600."""

    path: Path

    def load(self) -> dict[PlatformRole, str] | None:
        """Load the passwords; None where the file is absent.

        Raises
        ------
        DatabaseError
            The file is damaged.
        """
        try:
            passwords: dict[PlatformRole, str] = json.loads(self.path.read_text())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise DatabaseError(
                str(self.path), f"is not JSON ({error})", "restore it from a backup."
            ) from error
        return passwords

    def create(self) -> dict[PlatformRole, str]:
        """Generate and save new passwords."""
        passwords: dict[PlatformRole, str] = {
            role: secrets.token_urlsafe(_PASSWORD_BYTES) for role in PLATFORM_LOGINS
        }
        make_folder(self.path.parent, 0o700)
        write_atomically(
            UPath(self.path), json.dumps(passwords).encode("ascii"), mode=0o600
        )
        return passwords


def create_platform_logins(
    maintenance_url: str, passwords: dict[PlatformRole, str]
) -> None:
    """Create what is missing of databases, groups and the platform's own logins.

    ``maintenance_url`` is the superuser's, on a database that always exists.
    """
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        connection.execute(load_sql("bootstrap/groups.sql"))
        pipeline, dagster = PLATFORM_LOGINS["pipeline"], PLATFORM_LOGINS["dagster"]
        groups = ["sportsgpt_pipeline"]
        _create_login(connection, pipeline.name, passwords["pipeline"], groups)
        _create_login(connection, dagster.name, passwords["dagster"], [])
        owner = PLATFORM_LOGINS["owner"]
        _create_database(connection, dagster.database, dagster.name)
        _create_database(connection, owner.database, owner.name)
        for group in ("sportsgpt_pipeline", *_PERSON_GROUPS):
            connection.execute(
                sql.SQL("grant connect on database {} to {}").format(
                    sql.Identifier(owner.database), sql.Identifier(group)
                )
            )


def grant_team_access(
    owner_url: str,
    login_name: str,
    group: PersonGroup,
    team_ids: Sequence[str],
    *,
    password: str | None = None,
) -> None:
    """Let a person log in and see exactly these teams; an existing login is changed.

    ``password`` None keeps the login's password. Needs a migrated database.
    """
    with psycopg.connect(owner_url) as connection:
        _create_login(connection, login_name, password, _GROUPS_OF[group])
        for other in _PERSON_GROUPS:
            if other not in _GROUPS_OF[group]:
                connection.execute(
                    sql.SQL("revoke {} from {}").format(
                        sql.Identifier(other), sql.Identifier(login_name)
                    )
                )
        connection.execute(
            "delete from access.team_grants where role_name = %s", [login_name]
        )
        for team_id in team_ids:
            connection.execute(
                "insert into access.team_grants (role_name, team_id) values (%s, %s)",
                [login_name, team_id],
            )


def _create_login(
    connection: psycopg.Connection,
    name: str,
    password: str | None,
    groups: Sequence[str],
) -> None:
    found = connection.execute(
        "select 1 from pg_roles where rolname = %s", [name]
    ).fetchone()
    role = sql.Identifier(name)
    if found is None:
        connection.execute(sql.SQL("create role {} login").format(role))
    if password is not None:
        connection.execute(
            sql.SQL("alter role {} password {}").format(role, sql.Literal(password))
        )
    for group in groups:
        connection.execute(
            sql.SQL("grant {} to {}").format(sql.Identifier(group), role)
        )


def _create_database(
    connection: psycopg.Connection, database: str, owner_name: str
) -> None:
    found = connection.execute(
        "select 1 from pg_database where datname = %s", [database]
    ).fetchone()
    if found is None:
        connection.execute(
            sql.SQL("create database {} owner {}").format(
                sql.Identifier(database), sql.Identifier(owner_name)
            )
        )
    # Also where it exists: a crash may have come before this line.
    connection.execute(
        sql.SQL("revoke connect, temporary on database {} from public").format(
            sql.Identifier(database)
        )
    )
