"""Reads a folder of knowledge: manifest, references, cards, questions and answers.

Everything wrong in the folder is collected and raised at once. The shapes are in
``sources.py`` and ``cards.py``; documents and books are only checked to be the ones
that were admitted, parsing them is in ``kb_ingest/parsing``.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.knowledge.admission import compute_source_sha256
from sportsgpt_lib.knowledge.cards import (
    Publication,
    QuestionAnswer,
    TechniqueCard,
)
from sportsgpt_lib.knowledge.sources import TOML_KINDS, Source

MANIFEST_FILE = "kb_sources.toml"
REFERENCES_FILE = "references.toml"
_SCHEMA_DOC = "schema in docs/knowledge.md"
# pydantic's types of faults, in words.
_FAULTS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known key",
    "string_too_short": "is empty",
    "too_short": "is empty",
}
_DIGEST_RULE = "is no SHA-256; `sportsgpt kb admit FILE` prints it"

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Collection:
    """All of one folder, read and checked.

    ``cards`` and ``answers`` map a source's id to what its file holds, in file order.
    """

    sources: tuple[Source, ...]
    references: Mapping[str, Publication]
    cards: Mapping[str, tuple[TechniqueCard, ...]]
    answers: Mapping[str, tuple[QuestionAnswer, ...]]

    @property
    def all_cards(self) -> tuple[TechniqueCard, ...]:
        """Cards of every source that is not withdrawn."""
        return tuple(
            card
            for source in self.sources
            if source.withdrawn_reason is None
            for card in self.cards.get(source.id, ())
        )

    @property
    def all_answers(self) -> tuple[QuestionAnswer, ...]:
        """Answers of every source that is not withdrawn."""
        return tuple(
            answer
            for source in self.sources
            if source.withdrawn_reason is None
            for answer in self.answers.get(source.id, ())
        )


def load_collection(folder: Path) -> Collection:
    """Load one folder of knowledge.

    Raises
    ------
    KnowledgeError
        Anything in the folder breaks its schema, a source has no licence, a file is
        not the one that was admitted, a citation leads nowhere; all problems at once.
    """
    problems: list[str] = []
    manifest = _read_toml(folder / MANIFEST_FILE, problems)
    sources = _parse_list(MANIFEST_FILE, "source", manifest, Source, problems)
    needs_references = any(source.kind in TOML_KINDS for source in sources)
    references_file = folder / REFERENCES_FILE
    has_references = needs_references or references_file.exists()
    listed = _read_toml(references_file, problems) if has_references else {}
    references = _parse_references(listed, problems)
    cards: dict[str, tuple[TechniqueCard, ...]] = {}
    answers: dict[str, tuple[QuestionAnswer, ...]] = {}
    for source in sources:
        is_admitted = _check_admitted(folder, source, problems)
        if source.kind not in TOML_KINDS or not is_admitted:
            continue
        table = _read_toml(folder / source.file, problems)
        if source.kind == "cards":
            cards[source.id] = _parse_list(
                source.file, "card", table, TechniqueCard, problems
            )
        else:
            answers[source.id] = _parse_list(
                source.file, "answer", table, QuestionAnswer, problems
            )
    collection = Collection(sources, references, cards, answers)
    problems.extend(_find_broken_names(collection))
    raise_problems(str(folder), problems)
    return collection


def _read_toml(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{path.name}: no such file")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: not TOML in UTF-8 ({error})")
    return {}


def _check_admitted(folder: Path, source: Source, problems: list[str]) -> bool:
    """Check that a source's file is the one that was admitted.

    False = not to be read. A withdrawn source's file may be gone.
    """
    path = folder / source.file
    if not path.resolve().is_relative_to(folder.resolve()):
        problems.append(f"{source.id}: file {source.file!r} lies outside the folder")
        return False
    try:
        found = compute_source_sha256(path)
    except FileNotFoundError:
        if source.withdrawn_reason is None:
            problems.append(f"{source.id}: {source.file}: no such file")
        return False
    except KnowledgeError as error:
        problems.extend(
            f"{source.id}: {link}: a link or a device; copy the file itself"
            for link in error.problems
        )
        return False
    if found != source.sha256:
        problems.append(
            f"{source.id}: {source.file} is not the file that was admitted: its "
            f"sha256 is {found}; review the change, then admit that sha256"
        )
    return True


def _parse_list(
    file: str,
    key: str,
    table: Mapping[str, Any],
    model: type[_Model],
    problems: list[str],
) -> tuple[_Model, ...]:
    parsed = []
    entries = table.get(key, [])
    if not isinstance(entries, list):
        problems.append(f"{file}: write [[{key}]], not [{key}]")
        return ()
    for index, entry in enumerate(entries):
        name = entry.get("id", index) if isinstance(entry, dict) else index
        parsed.extend(_parse_one(f"{file}: {key} {name}", entry, model, problems))
    problems.extend(
        f"{file}: unknown key {other!r}; allowed: {key}"
        for other in table
        if other != key
    )
    return tuple(parsed)


def _parse_references(
    table: Mapping[str, Any], problems: list[str]
) -> dict[str, Publication]:
    references = {}
    for key, entry in table.items():
        where = f"{REFERENCES_FILE}: {key}"
        for publication in _parse_one(where, entry, Publication, problems):
            references[key] = publication
    return references


def _parse_one(
    where: str, entry: object, model: type[_Model], problems: list[str]
) -> list[_Model]:
    try:
        return [model.model_validate(entry)]
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = ".".join(str(part) for part in detail["loc"]) or "entry"
            problems.append(f"{where}: {path}: {_describe_fault(detail)}")
        return []


def _describe_fault(detail: ErrorDetails) -> str:
    """Say in words what is wrong with a value."""
    found, said = detail["input"], detail["msg"].removeprefix("Value error, ")
    if detail["type"] in _FAULTS:
        return _FAULTS[detail["type"]]
    if detail["type"] == "string_pattern_mismatch":
        is_digest = detail["loc"][-1] == "sha256"
        rule = _DIGEST_RULE if is_digest else "may hold small letters, digits, - _ only"
        return f"{found!r} {rule}"
    if said.startswith("Input "):
        return f"{found!r} {said.removeprefix('Input ')}"
    return said


def _find_broken_names(collection: Collection) -> list[str]:
    problems: list[str] = []
    cards = [card for part in collection.cards.values() for card in part]
    answers = [answer for part in collection.answers.values() for answer in part]
    for kind, ids in (
        ("source", [source.id for source in collection.sources]),
        ("card", [card.id for card in cards]),
        ("answer", [answer.id for answer in answers]),
    ):
        problems.extend(
            f"{kind} id {name!r} is used more than once"
            for name in sorted({name for name in ids if ids.count(name) > 1})
        )
    cited = {f"card {card.id}": card.cited_keys for card in cards}
    cited |= {f"answer {a.id}": frozenset(a.answer.cites) for a in answers}
    problems.extend(
        f"{where}: cites {key!r}, which is not in {REFERENCES_FILE}"
        for where, keys in cited.items()
        for key in sorted(keys - collection.references.keys())
    )
    unused = collection.references.keys() - frozenset().union(*cited.values())
    problems.extend(
        f"{REFERENCES_FILE}: {key!r} is never cited" for key in sorted(unused)
    )
    return problems


def raise_problems(where: str, problems: Sequence[str]) -> None:
    """Raise all problems of one place as one error; nothing where there are none."""
    if problems:
        raise KnowledgeError(
            where,
            f"{len(problems)} problem(s)",
            f"correct each of them; {_SCHEMA_DOC}",
            problems=problems,
        )
