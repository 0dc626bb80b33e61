"""What the parts of a movement are called in another language than its file's.

English words are the movement file's own; Chinese ones are in ``words_zh.toml`` beside
it. They name and explain, they decide nothing: they are not in the movement's SHA-256.
Words of reasons are in ``reasons.py``.
"""

import functools
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.language import Language
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import SPORTS_FOLDER, load_movement, movement_names
from sportsgpt_lib.sports.text_files import read_text

WORDS_FILE = "words_zh.toml"
_FIX = "correct them; the schema is in docs/sports.md, under Chinese words"


class IssueWords(BaseModel):
    """A technique fault in plain words, as in ``movement.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1)
    cause: str = Field(min_length=1)
    consequence: str = Field(min_length=1)
    cue: str = Field(min_length=1)


class _WordsFile(BaseModel):
    """The content of ``words_zh.toml``: tables from a part's name to its words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1)
    keyframes: dict[str, str]
    phases: dict[str, str]
    indicators: dict[str, str]
    issues: dict[str, IssueWords]


@dataclass(frozen=True)
class MovementWords:
    """Names of a movement and of its parts in one language.

    Each lookup takes a part's name in ``movement.toml`` and raises KeyError where
    there is none.
    """

    language: Language
    movement: str
    keyframes: Mapping[str, str]
    phases: Mapping[str, str]
    indicators: Mapping[str, str]
    issues: Mapping[str, IssueWords]

    def keyframe(self, name: str) -> str:
        """Name a keyframe."""
        return self.keyframes[name]

    def phase(self, name: str) -> str:
        """Name a phase."""
        return self.phases[name]

    def indicator(self, name: str) -> str:
        """Name an indicator."""
        return self.indicators[name]

    def issue(self, name: str) -> str:
        """Name a technique fault."""
        return self.issues[name].title

    def issue_words(self, name: str) -> IssueWords:
        """Give all plain words of a technique fault."""
        return self.issues[name]


@functools.cache
def load_words(movement: str, language: Language) -> MovementWords:
    """Load the words of one movement of this package; read once per process.

    Raises
    ------
    MovementFileError
        There is no such movement, or its words break the schema or lack a part.
    """
    definition = load_movement(movement)
    if language == "en":
        return _read_own_words(definition)
    return load_words_file(SPORTS_FOLDER / movement / WORDS_FILE, definition)


def load_words_file(path: Path, movement: Movement) -> MovementWords:
    """Load the Chinese words of a movement from any file.

    Raises
    ------
    MovementFileError
        The file is missing or wrong, or its names are not the movement's; ``problems``
        lists everything that was found.
    """
    file, problems = _parse_words(path)
    if file is not None:
        problems = [*_list_name_problems(path.name, file, movement)]
    if file is None or problems:
        raise MovementFileError(
            str(path), f"{len(problems)} problem(s)", _FIX, problems=problems
        )
    return MovementWords(
        "zh", file.title, file.keyframes, file.phases, file.indicators, file.issues
    )


def compute_words_sha256(language: Language) -> str:
    """Compute the SHA-256 over all words that a report in a language may take.

    English words are in the movements' own SHA-256; theirs is that of nothing.
    """
    digest = hashlib.sha256()
    if language != "en":
        for path in _list_words_files():
            digest.update(path.name.encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _list_words_files() -> list[Path]:
    names = (SPORTS_FOLDER / name / WORDS_FILE for name in movement_names())
    return [*sorted(SPORTS_FOLDER.glob("*_zh.toml")), *names]


def _read_own_words(movement: Movement) -> MovementWords:
    return MovementWords(
        "en",
        movement.title,
        {part.name: part.title for part in movement.keyframes},
        {part.name: part.name.replace("_", " ") for part in movement.phases},
        {part.name: part.title for part in movement.indicators},
        {
            part.name: IssueWords(
                title=part.title,
                cause=part.cause,
                consequence=part.consequence,
                cue=part.cue,
            )
            for part in movement.issues
        },
    )


def _parse_words(path: Path) -> tuple[_WordsFile | None, list[str]]:
    text, problem = read_text(path)
    if problem is not None:
        return None, [problem]
    try:
        return _WordsFile.model_validate(tomllib.loads(text)), []
    except tomllib.TOMLDecodeError as error:
        return None, [f"{path.name}: is no valid TOML ({error})"]
    except ValidationError as error:
        return None, [
            f"{path.name}: {'.'.join(map(str, one['loc']))}: {one['msg']}"
            for one in error.errors()
        ]


def _list_name_problems(
    where: str, file: _WordsFile, movement: Movement
) -> Iterator[str]:
    """List names that lack words, words of unknown names, and words given twice."""
    for group, named in (
        ("keyframes", file.keyframes),
        ("phases", file.phases),
        ("indicators", file.indicators),
        ("issues", {name: words.title for name, words in file.issues.items()}),
    ):
        parts = {part.name for part in getattr(movement, group)}
        for name in sorted(parts - named.keys()):
            yield f"{where}: {group}.{name} is missing"
        for name in sorted(named.keys() - parts):
            yield f"{where}: {group}.{name} is no part of {movement.name}"
        words = list(named.values())
        for name, word in named.items():
            if not word.strip():
                yield f"{where}: {group}.{name} is empty"
            elif words.count(word) > 1:
                yield f"{where}: {group}.{name} = {word!r} also names another one"
