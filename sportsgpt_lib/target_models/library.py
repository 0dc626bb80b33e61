"""Finds the target models of a movement: those of this package, and a federation's own.

The package keeps them in ``sports/<movement>/references``, a federation in
``<own folder>/<movement>``. Both are checked alike and used together.
"""

import hashlib
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import (
    REFERENCES_FOLDER,
    SPORTS_FOLDER,
    load_movement,
    movement_names,
)
from sportsgpt_lib.sports.problem_wording import list_allowed
from sportsgpt_lib.target_models.files import ReadReference, read_reference
from sportsgpt_lib.target_models.own_folder import (
    lock_folder,
    put_in_place,
    wait_for_writers,
)
from sportsgpt_lib.target_models.reference import REFERENCE_ID_PATTERN, Reference
from sportsgpt_lib.target_models.sealing import seal_reference, write_whole

_SUFFIXES = (".toml", ".csv")
_MAKING_SUFFIX = ".making"


@dataclass(frozen=True)
class ReferenceLibrary:
    """All target models that an installation uses.

    Parameters
    ----------
    own_folder
        The federation's folder, with one folder for each movement; it need not exist.
    packaged_folder
        The movements of this package.
    """

    own_folder: Path | None = None
    packaged_folder: Path = SPORTS_FOLDER

    def find_files(self, movement_name: str) -> tuple[Path, ...]:
        """Find the TOML files of a movement: the packaged first, then the own ones."""
        packaged = self.packaged_folder / movement_name / REFERENCES_FOLDER
        return (*_list_files(packaged), *self._list_own(movement_name))

    def is_own(self, path: Path) -> bool:
        """Whether a file is the federation's own."""
        return self.own_folder is not None and path.is_relative_to(self.own_folder)

    def load(self, movement: Movement) -> tuple[Reference, ...]:
        """Load every target model of a movement; packaged and own ones alike.

        Raises
        ------
        MovementFileError
            One of them cannot be used, or two have one id; ``problems`` lists all of
            them with file, line and fix.
        """
        read = self.read(movement)
        problems = [problem for one in read for problem in one.problems]
        problems += list_double_ids(read)
        if problems:
            raise MovementFileError(
                f"target models of {movement.name}",
                f"{len(problems)} problem{'s' if len(problems) > 1 else ''}",
                "correct each line named above, or take the file away; "
                "`sportsgpt reference check` looks again",
                problems=problems,
            )
        return tuple(one.reference for one in read if one.reference is not None)

    def read(self, movement: Movement) -> list[ReadReference]:
        """Read every target model of a movement, with what is wrong with each."""
        try:
            with wait_for_writers(self.own_folder):
                return [
                    read_reference(path, movement)
                    for path in self.find_files(movement.name)
                ]
        except OSError as error:
            raise _cannot_use(error, self.own_folder) from error

    def compute_sha256(self, movement_name: str) -> str:
        """Compute the digest over all files that decide an alignment of a movement."""
        digest = hashlib.sha256()
        for path in self.find_files(movement_name):
            for file in (path, path.with_suffix(".csv")):
                digest.update(file.name.encode())
                try:
                    content = file.read_bytes()
                except OSError:  # Loading it says what is wrong.
                    content = b""
                digest.update(hashlib.sha256(content).digest())
        return digest.hexdigest()

    def add(
        self, movement: Movement, reference_id: str, toml_text: str, csv_text: str
    ) -> Reference:
        """Put a target model of the federation's own where runs find it.

        One of the same id that says something else is replaced: the new one gets the
        next version, the old one goes to the folder ``former``.

        Raises
        ------
        MovementFileError
            There is no own folder, the id is a packaged one's, or the target model
            cannot be used; then nothing is changed.
        """
        if self.own_folder is None:
            raise MovementFileError(
                "target models",
                "there is no folder for own ones",
                "set SPORTSGPT_REFERENCES",
            )
        packaged = self.packaged_folder / movement.name / REFERENCES_FOLDER
        if (packaged / f"{reference_id}.toml").exists():
            raise MovementFileError(
                f"target model {reference_id}",
                "a packaged target model has this id",
                "choose another id",
            )
        if not re.fullmatch(REFERENCE_ID_PATTERN, reference_id):
            raise MovementFileError(
                f"target model {reference_id!r}",
                "this is no id",
                "use 2 to 64 small letters, digits, _ and -",
            )
        folder = self.own_folder / movement.name
        making = folder / f".{reference_id}{_MAKING_SUFFIX}"
        try:
            with lock_folder(self.own_folder):
                # One that was killed may have left something there.
                shutil.rmtree(making, ignore_errors=True)
                making.mkdir(parents=True)
                made = making / f"{reference_id}.toml"
                write_whole(made.with_suffix(".csv"), csv_text.encode())
                write_whole(made, toml_text.encode())
                try:
                    sealed = seal_reference(made, movement)
                    return put_in_place(sealed, made, folder, movement)
                finally:
                    shutil.rmtree(making)
        except OSError as error:
            raise _cannot_use(error, folder) from error

    def list_unused(self) -> list[str]:
        """List what lies in the own folder where no run looks."""
        if self.own_folder is None:
            return []
        names, problems = movement_names(), []
        for path in _list_folder(self.own_folder):
            if path.is_dir() and path.name not in names:
                problems.append(
                    f"{path}/ is no movement, so what lies in it is never used; "
                    + list_allowed(path.name, names)
                )
            elif path.suffix in _SUFFIXES:
                problems.append(
                    f"{path} lies in no movement's folder, so it is never used; move "
                    "it to the folder of its movement"
                )
        for name in names:
            files = {path.name for path in _list_folder(self.own_folder / name)}
            problems += [
                f"{self.own_folder / name / file} has no .toml file of its name, so "
                "it is never used; restore that one, or take this one away"
                for file in sorted(files)
                if file.endswith(".csv")
                and f"{file.removesuffix('.csv')}.toml" not in files
            ]
        return problems

    def _list_own(self, movement_name: str) -> tuple[Path, ...]:
        if self.own_folder is None:
            return ()
        return _list_files(self.own_folder / movement_name)


PACKAGED_REFERENCES = ReferenceLibrary()


def load_reference(movement_name: str, reference_id: str) -> Reference:
    """Load one target model of this package.

    Raises
    ------
    MovementFileError
        There is no such target model, or one of the movement's cannot be used.
    """
    references = PACKAGED_REFERENCES.load(load_movement(movement_name))
    known = {reference.reference_id: reference for reference in references}
    if reference_id not in known:
        raise MovementFileError(
            f"target models of {movement_name}",
            f"none is called {reference_id!r}; {list_allowed(reference_id, known)}",
            "use one of these ids",
        )
    return known[reference_id]


def list_double_ids(read: list[ReadReference]) -> list[str]:
    """List ids that two target models of one movement share."""
    counts = Counter(one.path.stem for one in read)
    return [
        f"the id {name!r} stands for {count} target models: "
        + ", ".join(str(one.path) for one in read if one.path.stem == name)
        + "; rename both files of one of them"
        for name, count in sorted(counts.items())
        if count > 1
    ]


def _list_files(folder: Path) -> tuple[Path, ...]:
    # A name that begins with a dot is a file half-written, or an editor's.
    return tuple(
        path
        for path in _list_folder(folder)
        if path.suffix == ".toml" and not path.name.startswith(".")
    )


def _list_folder(folder: Path) -> list[Path]:
    """List a folder; one that is not there is empty, one that is unreadable is not."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _cannot_use(error, folder) from error


def _cannot_use(error: OSError, folder: Path | None) -> MovementFileError:
    return MovementFileError(
        str(error.filename or folder),
        f"it cannot be used: {error.strerror or error}",
        "let the account that runs this read and write the folder of target models",
    )
