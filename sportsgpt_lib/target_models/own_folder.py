"""Changes a federation's own folder so that nobody sees it half-changed.

What lies in it, and what is wrong there, is told by ``library.py``.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.target_models.files import load_reference_file, read_reference
from sportsgpt_lib.target_models.reference import Reference
from sportsgpt_lib.target_models.sealing import set_version, write_whole
from sportsgpt_lib.target_models.toml_problems import read_toml

FORMER_FOLDER = "former"
"""Where replaced versions are kept, below a movement's folder; they are not used."""
_LOCK_NAME = ".adding.lock"


def put_in_place(
    reference: Reference, made: Path, folder: Path, movement: Movement
) -> Reference:
    """Move a sealed target model to its place, and keep what was there.

    Dying in between leaves the old one, or a pair that the digest refuses until it is
    added again; never none, and never half a file.
    """
    place, former = folder / made.name, folder / FORMER_FOLDER
    given = _find_largest_version(place, former)
    if place.exists():
        old = read_reference(place, movement).reference
        if old is not None and old.sha256 == reference.sha256:
            return old
        # What was changed by hand is no version that any row names.
        kept = old.version if old is not None else given + 1
        given = max(given, kept)
        former.mkdir(exist_ok=True)
        for file in (place, place.with_suffix(".csv")):
            if file.exists():
                copy = former / f"{place.stem}@{kept}{file.suffix}"
                write_whole(copy, file.read_bytes())
    set_version(made, given + 1)
    for file in (made.with_suffix(".csv"), made):
        file.replace(folder / file.name)
    return load_reference_file(place, movement)


def _find_largest_version(place: Path, former: Path) -> int:
    """Find the largest version that was ever given, 0 where none was."""
    names = [path.stem.rpartition("@")[2] for path in former.glob(f"{place.stem}@*")]
    said = read_toml(place).tables.get("version")
    versions = [int(name) for name in names if name.isdigit()]
    return max([0, *versions, said if isinstance(said, int) else 0])


@contextmanager
def lock_folder(own_folder: Path) -> Iterator[None]:
    """Let one process at a time change the own folder; the others wait."""
    own_folder.mkdir(parents=True, exist_ok=True)
    with (own_folder / _LOCK_NAME).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def wait_for_writers(own_folder: Path | None) -> Iterator[None]:
    """Keep writers away while reading: two files cannot be replaced at one instant."""
    if own_folder is None or not (own_folder / _LOCK_NAME).exists():
        yield
        return
    with (own_folder / _LOCK_NAME).open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield
