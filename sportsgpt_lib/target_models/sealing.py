"""Gives a target model its version and digest, and writes its files whole.

The digest seals a target model: what was changed without a new version is refused.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.target_models.digest import NOT_SEALED
from sportsgpt_lib.target_models.files import (
    SCHEMA_HINT,
    load_reference_file,
    read_reference,
)
from sportsgpt_lib.target_models.reference import Reference


def seal_reference(toml_path: Path, movement: Movement) -> Reference:
    """Give a changed target model its next version and digest, in its TOML file.

    One that is sealed already keeps its version. One that was never sealed keeps the
    version that it says.

    Raises
    ------
    MovementFileError
        It cannot be used; then nothing is written.
    """
    read = read_reference(toml_path, movement, is_sealed=False)
    if read.reference is None:
        raise MovementFileError(
            str(toml_path),
            "the target model cannot be sealed",
            f"correct each line named above; {SCHEMA_HINT}",
            problems=read.problems,
        )
    old = read.reference.sha256
    if old == read.content_sha256:
        return read.reference
    _set_keys(
        toml_path,
        {
            "version": read.reference.version + (old != NOT_SEALED),
            "content_sha256": read.content_sha256,
        },
    )
    return load_reference_file(toml_path, movement)


def set_version(toml_path: Path, version: int) -> None:
    """Write another version into a TOML file; the digest does not cover it.

    Raises
    ------
    MovementFileError
        The key does not stand on a line of its own.
    """
    _set_keys(toml_path, {"version": version})


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that it is whole or unchanged, whatever dies meanwhile."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def _set_keys(toml_path: Path, values: Mapping[str, int | str]) -> None:
    """Change keys of the top table, and nothing else, comments included."""
    text = toml_path.read_text(encoding="utf-8-sig")
    changed = text
    for key, value in values.items():
        written = str(value) if isinstance(value, int) else f'"{value}"'
        line = rf"^{key}[ \t]*=.*$"
        changed = re.sub(
            line, f"{key} = {written}", changed, count=1, flags=re.MULTILINE
        )
    if not _says(changed, tomllib.loads(text) | dict(values)):
        raise MovementFileError(
            str(toml_path),
            f"{' and '.join(values)} cannot be changed where they stand",
            "write each at the beginning of a line of its own, before all other keys",
        )
    write_whole(toml_path, changed.encode())


def _says(text: str, tables: Mapping[str, object]) -> bool:
    try:
        return tomllib.loads(text) == tables
    except ValueError:
        return False
