"""SQL text by name, from the ``sql`` package. Nothing here runs it."""

import difflib
from importlib import resources
from importlib.resources.abc import Traversable

from sportsgpt_lib.errors import MissingSqlError


def load_sql(name: str) -> str:
    """Load one file under ``sql/``, such as ``views/session_overview.sql``.

    Raises
    ------
    MissingSqlError
        No such file, or a name that leaves the folder.
    """
    area, _, file_name = name.rpartition("/")
    listed = list_sql(area) if ".." not in name else ()
    if name not in listed:
        near = difflib.get_close_matches(name, listed, n=1)
        hint = f" Nearest: sql/{near[0]}." if near else ""
        raise MissingSqlError(
            f"sql/{name}",
            "no such file",
            f"check the name or package-data in pyproject.toml.{hint}",
        )
    return (_open_area(area) / file_name).read_text(encoding="utf-8")


def list_sql(area: str) -> tuple[str, ...]:
    """List the SQL files of one folder, such as ``views``, sorted by name."""
    folder = _open_area(area)
    if not folder.is_dir():
        return ()
    names = sorted(
        entry.name for entry in folder.iterdir() if entry.name.endswith(".sql")
    )
    return tuple(f"{area}/{name}" if area else name for name in names)


def _open_area(area: str) -> Traversable:
    folder = resources.files("sql")
    for part in area.split("/"):
        folder = folder / part
    return folder
