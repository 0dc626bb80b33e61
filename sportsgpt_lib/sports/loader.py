"""Reads movement folders and refuses a wrong one with every problem at once.

What a folder may hold is in ``definition.py`` and ``docs/sports.md``. The curves of
the target models in ``references/`` are read by ``sportsgpt_lib/target_models``.
"""

import difflib
import functools
import hashlib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.checks import MOVEMENT_FILE, list_movement_problems
from sportsgpt_lib.sports.definition import OWN_RECORDS, Movement, MovementFile
from sportsgpt_lib.sports.matrices import (
    ISSUE_MAP_FILE,
    JOINT_WEIGHTS_FILE,
    list_matrix_columns,
    list_matrix_rows,
    parse_issue_map,
    parse_joint_weights,
)
from sportsgpt_lib.sports.measurement_errors import MEASUREMENT_ERRORS_PATH
from sportsgpt_lib.sports.problem_lines import add_lines
from sportsgpt_lib.sports.problem_wording import list_allowed
from sportsgpt_lib.sports.text_files import read_text

SPORTS_FOLDER = Path(__file__).resolve().parent
REFERENCES_FOLDER = "references"
_SCHEMA = "the schema is in docs/sports.md"
_DATA_SUFFIXES = (".toml", ".csv")
# Words in other languages decide no result: translations.py.
_WORDS_FILES = "words_*.toml"


def movement_names() -> tuple[str, ...]:
    """Name every movement that has a folder, in alphabetical order."""
    return tuple(
        sorted(path.parent.name for path in SPORTS_FOLDER.glob("*/movement.toml"))
    )


@functools.cache
def load_movement(name: str) -> Movement:
    """Load one movement of this package; read once per process.

    Raises
    ------
    MovementFileError
        There is no such movement, or its folder breaks the schema.
    """
    if name not in movement_names():
        raise MovementFileError(
            str(SPORTS_FOLDER),
            f"no movement is called {name!r}; {list_allowed(name, movement_names())}",
            "use one of these names, or add a folder as docs/sports.md says",
        )
    return load_movement_folder(SPORTS_FOLDER / name)


def find_unusable_movements(names: Iterable[str]) -> dict[str, MovementFileError]:
    """Find the movements among ``names`` whose folders are wrong, with what is wrong.

    Names that no movement has are none of them.
    """
    unusable = {}
    for name in sorted(set(names) & set(movement_names())):
        try:
            load_movement(name)
        except MovementFileError as error:
            unusable[name] = error
    return unusable


def load_movement_folder(folder: Path) -> Movement:
    """Load a movement from any folder.

    Raises
    ------
    MovementFileError
        A file is missing or wrong; ``problems`` lists everything that was found.
    """
    content, problems = _read_toml(folder / MOVEMENT_FILE)
    file: MovementFile | None = None
    if not problems:
        file, problems = _parse_movement(content, folder.name)
    weights = parse_joint_weights(folder / JOINT_WEIGHTS_FILE)
    issue_map = parse_issue_map(
        folder / ISSUE_MAP_FILE, list_matrix_rows(content), list_matrix_columns(content)
    )
    problems += [*weights.problems, *(issue_map.problems if content else [])]
    if file is None or problems:
        raise _folder_error(folder, problems)
    return Movement(
        **dict(file),
        sha256=_compute_sha256(folder),
        joint_weights=weights.weights,
        issue_map=issue_map.to_rows(file.indicators, file.issues),
        references=tuple(
            sorted(path.stem for path in folder.glob(f"{REFERENCES_FOLDER}/*.toml"))
        ),
    )


def _parse_movement(
    content: dict[str, Any], folder_name: str
) -> tuple[MovementFile | None, list[str]]:
    """Check ``movement.toml``; parts of a wrong shape do not hide other problems."""
    try:
        file = MovementFile.model_validate(content)
    except ValidationError as error:
        problems = [_describe(problem, content) for problem in error.errors()]
        rest, left_out = _leave_out_wrong_parts(content, error)
        try:
            rest_file = MovementFile.model_validate(rest)
        except ValidationError:
            return None, problems
        return None, [
            *problems,
            *(
                problem
                for problem in list_movement_problems(rest_file, folder_name)
                if not _follows_from_missing_parts(problem, left_out)
            ),
        ]
    return file, list_movement_problems(file, folder_name)


def _leave_out_wrong_parts(
    content: dict[str, Any], error: ValidationError
) -> tuple[dict[str, Any], set[str]]:
    """Take parts of a wrong shape out; name them."""
    wrong = {
        (problem["loc"][0], problem["loc"][1])
        for problem in error.errors()
        if len(problem["loc"]) > 1
    }
    rest, left_out = dict(content), set()
    for group, place in wrong:
        left_out.add(_name_key((group, place), content).split(".")[-1])
    for group in {group for group, _ in wrong}:
        parts = content.get(str(group))
        if isinstance(parts, list):
            kept = [
                part for place, part in enumerate(parts) if (group, place) not in wrong
            ]
            rest[str(group)] = kept
        elif isinstance(parts, dict):
            rest[str(group)] = {
                name: part for name, part in parts.items() if (group, name) not in wrong
            }
    return rest, left_out


_OF_WHAT_IS_LEFT = (
    "is used nowhere",
    "has no indicator with a target",
    "is empty; at least one",
    "all seven are needed",
)


def _follows_from_missing_parts(problem: str, left_out: set[str]) -> bool:
    """Whether a problem may be there only because parts were left out."""
    return any(words in problem for words in _OF_WHAT_IS_LEFT) or any(
        f"= {name!r} is not known" in problem for name in left_out
    )


def _folder_error(folder: Path, problems: list[str]) -> MovementFileError:
    problems = add_lines(folder, problems)
    return MovementFileError(
        str(folder),
        f"{len(problems)} problem{'s' if len(problems) > 1 else ''}",
        f"correct each line named above; {_SCHEMA}",
        problems=problems,
    )


def _read_toml(path: Path) -> tuple[dict[str, Any], list[str]]:
    text, problem = read_text(path)
    if problem is not None:
        return {}, [problem]
    try:
        return tomllib.loads(text), []
    except RecursionError:
        return {}, [f"{path.name}: nests its lists or tables too deep"]
    except ValueError as error:  # Broken TOML, or a number of thousands of digits.
        return {}, [f"{path.name}: is no valid TOML ({error})"]


def _describe(problem: ErrorDetails, content: dict[str, Any]) -> str:
    """Word one problem of pydantic: file, key, value, what is allowed."""
    key = _name_key(problem["loc"], content)
    if problem["type"] == "missing":
        return f"{MOVEMENT_FILE}: {key} is missing. Fix: {_how_to_add(problem)}"
    if problem["type"] == "extra_forbidden":
        return f"{MOVEMENT_FILE}: {key} is not a known key{_nearest_key(problem)}"
    context = problem.get("ctx", {})
    found = context.get("tag", problem["input"])
    expected = context.get("expected_tags") or context.get("expected")
    if not isinstance(found, str) or expected is None:
        return f"{MOVEMENT_FILE}: {key} = {found!r}; {problem['msg']}"
    options = re.findall(r"'([^']*)'", str(expected))
    return f"{MOVEMENT_FILE}: {key} = {found!r}; {list_allowed(found, options)}"


def _how_to_add(problem: ErrorDetails) -> str:
    """Say what to write where a key is missing."""
    key = str(problem["loc"][-1])
    if key == "source":
        return (
            "add source = the id of one of sources, or of a record of ours: "
            f"{', '.join(OWN_RECORDS)}"
        )
    return f"add {key}"


def _name_key(loc: tuple[int | str, ...], content: dict[str, Any]) -> str:
    """Write a key path with part names in place of list positions."""
    parts: list[str] = []
    here: Any = content
    for step in loc:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        named = isinstance(step, int) and isinstance(here, dict) and "name" in here
        parts.append(str(here["name"]) if named else str(step))
    return ".".join(parts)


def _known_keys(model: Any) -> set[str]:
    """List every key that stands anywhere in the schema."""
    keys: set[str] = set()
    for name, info in getattr(model, "model_fields", {}).items():
        keys.add(name)
        inner = [info.annotation, *get_args(info.annotation)]
        for part in inner + [item for nested in inner for item in get_args(nested)]:
            keys |= _known_keys(part)
    return keys


def _nearest_key(problem: ErrorDetails) -> str:
    nearest = difflib.get_close_matches(
        str(problem["loc"][-1]), sorted(_known_keys(MovementFile)), n=1
    )
    return f"; nearest is {nearest[0]!r}" if nearest else ""


def _compute_sha256(folder: Path) -> str:
    """Hash every data file that decides a result: folder and shared errors."""
    digest = hashlib.sha256()
    own = (
        path
        for path in folder.rglob("*")
        if path.suffix in _DATA_SUFFIXES and not path.match(_WORDS_FILES)
    )
    for path in [MEASUREMENT_ERRORS_PATH, *sorted(own)]:
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
