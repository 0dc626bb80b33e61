"""The session manifest: what a team says about one training day's footage.

One ``session.toml`` lies beside the clips. Here it is read and refused or accepted as a
whole; its schema is in ``entries``. Clips are judged elsewhere (``media``, ``stages``).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.entries import SessionManifest
from sportsgpt_lib.session.manifest_checks import check_entries
from sportsgpt_lib.session.manifest_problems import (
    MAX_SHOWN_PROBLEMS,
    Problem,
    describe_schema_problems,
    drop_misspelt,
    write_place,
    write_problem,
)
from sportsgpt_lib.session.manifest_text import check_size, parse_tables

MANIFEST_NAME = "session.toml"


def load_manifest(folder: Path) -> SessionManifest:
    """Read and check the manifest of a session folder.

    Parameters
    ----------
    folder
        The folder that holds ``session.toml`` and the clips.

    Raises
    ------
    SessionError
        There is no manifest, it leads out of the folder, it cannot be read, it is no
        TOML, or it breaks the schema; the error lists every problem with line, key and
        value, what is allowed and the fix.
    """
    path = folder / MANIFEST_NAME
    # Unlike Path.resolve, realpath does not raise where links go round in a circle.
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise SessionError(
            str(path),
            "the manifest is a link that leads out of the session folder",
            "put the file itself there",
        )
    try:
        if not path.is_file():
            raise SessionError(
                str(path),
                "there is no manifest in the session folder",
                f"write one with `sportsgpt session new {folder}` and check it; "
                "the format is in docs/operations.md",
            )
        check_size(path.stat().st_size, str(path))
        content = path.read_bytes()
    except OSError as error:
        raise SessionError(
            str(path),
            f"the manifest cannot be read ({error.strerror})",
            "give the pipeline's account the right to read it, or send it again",
        ) from error
    return parse_manifest(content, str(path))


def parse_manifest(content: bytes, where: str) -> SessionManifest:
    """Parse the bytes of a manifest; ``where`` names them in errors.

    Raises
    ------
    SessionError
        The bytes are no TOML or break the schema.
    """
    text, raw = parse_tables(content, where)
    problems: list[Problem] = []
    manifest = None
    try:
        manifest = SessionManifest.model_validate(_with_tuples(raw))
    except ValidationError as error:
        problems = describe_schema_problems(error.errors(), raw)
    places = {problem.place for problem in problems}
    problems += [p for p in check_entries(raw) if p.place not in places]
    problems = drop_misspelt(problems)
    if manifest is None or problems:
        raise SessionError(
            where,
            f"the manifest has {len(problems)} problem(s)",
            "correct the keys named above; the format is in docs/operations.md",
            problems=_write(problems, lambda p: write_problem(p, text, raw)),
            places=_write(problems, lambda p: write_place(p, text)),
        )
    return manifest


def _write(problems: list[Problem], write: Callable[[Problem], str]) -> list[str]:
    left = len(problems) - MAX_SHOWN_PROBLEMS
    written = [write(problem) for problem in problems[:MAX_SHOWN_PROBLEMS]]
    return [*written, f"and {left} more"] if left > 0 else written


def _with_tuples(value: object) -> Any:
    """Make TOML's lists tuples, which the strict schema asks for."""
    if isinstance(value, dict):
        return {key: _with_tuples(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    return value
