"""Reads a folder of knowledge: manifest, references, cards, questions and answers.

Everything wrong in the folder is collected and raised at once; only a file that is not
the one that was admitted is named beside the rest, which goes on without it. The shapes
are in ``sources.py`` and ``cards.py``; parsing documents is in ``kb_ingest/parsing``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.knowledge.admission import compute_source_sha256
from sportsgpt_lib.knowledge.cards import (
    Publication,
    QuestionAnswer,
    TechniqueCard,
)
from sportsgpt_lib.knowledge.sources import TOML_KINDS, Source
from sportsgpt_lib.knowledge.toml_entries import parse_list, parse_one, read_toml
from sportsgpt_lib.knowledge.translation_lint import find_translation_problems
from sportsgpt_lib.knowledge.translations import SourceTranslations, load_translations

MANIFEST_FILE = "kb_sources.toml"
REFERENCES_FILE = "references.toml"
_SCHEMA_DOC = "schema in docs/knowledge.md"


@dataclass(frozen=True)
class Collection:
    """All of one folder, read and checked.

    ``cards`` and ``answers`` map a source's id to what its file holds, in file order.
    ``file_faults`` maps the id of a source whose file is not the one that was admitted
    to what was found; such a file is not read. ``translations`` maps the id of a source
    of cards or answers to their words in other languages.
    """

    sources: tuple[Source, ...]
    references: Mapping[str, Publication]
    cards: Mapping[str, tuple[TechniqueCard, ...]]
    answers: Mapping[str, tuple[QuestionAnswer, ...]]
    file_faults: Mapping[str, str] = field(default_factory=dict)
    translations: Mapping[str, SourceTranslations] = field(default_factory=dict)

    @property
    def has_all_statements(self) -> bool:
        """Whether every file of cards and answers was read."""
        return not any(
            source.kind in TOML_KINDS and source.id in self.file_faults
            for source in self.sources
        )

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
        Anything in the folder breaks its schema, a source has no licence, a file lies
        outside the folder, a citation leads nowhere; all problems at once.
    """
    problems: list[str] = []
    manifest = read_toml(folder / MANIFEST_FILE, problems)
    sources = parse_list(MANIFEST_FILE, "source", manifest, Source, problems)
    needs_references = any(source.kind in TOML_KINDS for source in sources)
    references_file = folder / REFERENCES_FILE
    has_references = needs_references or references_file.exists()
    listed = read_toml(references_file, problems) if has_references else {}
    references = _parse_references(listed, problems)
    cards: dict[str, tuple[TechniqueCard, ...]] = {}
    answers: dict[str, tuple[QuestionAnswer, ...]] = {}
    faults: dict[str, str] = {}
    translations: dict[str, SourceTranslations] = {}
    for source in sources:
        if fault := _find_file_fault(folder, source, problems):
            faults[source.id] = fault
        is_read = not fault and (folder / source.file).exists()
        if source.kind not in TOML_KINDS or not is_read:
            continue
        table = read_toml(folder / source.file, problems)
        if source.kind == "cards":
            cards[source.id] = parse_list(
                source.file, "card", table, TechniqueCard, problems
            )
        else:
            answers[source.id] = parse_list(
                source.file, "answer", table, QuestionAnswer, problems
            )
        translations[source.id] = load_translations(folder, source, problems)
    collection = Collection(sources, references, cards, answers, faults, translations)
    problems.extend(_find_wrong_translations(collection))
    problems.extend(_find_broken_names(collection))
    raise_problems(str(folder), problems)
    return collection


def _find_file_fault(folder: Path, source: Source, problems: list[str]) -> str | None:
    """Find why a file of a source is not the one that was admitted; None = all are.

    A withdrawn source's files may be gone.
    """
    for file, sha256 in source.files.items():
        path = folder / file
        if not path.resolve().is_relative_to(folder.resolve()):
            problems.append(f"{source.id}: file {file!r} lies outside the folder")
            return "it lies outside the folder"
        try:
            found = compute_source_sha256(path)
        except FileNotFoundError:
            return None if source.withdrawn_reason else f"{file}: no such file"
        except KnowledgeError as error:
            return f"{', '.join(error.problems)}: a link or a device, not a file"
        if found != sha256:
            return f"{file} is not the file that was admitted: its sha256 is {found}"
    return None


def _parse_references(
    table: Mapping[str, Any], problems: list[str]
) -> dict[str, Publication]:
    references = {}
    for key, entry in table.items():
        where = f"{REFERENCES_FILE}: {key}"
        for publication in parse_one(where, entry, Publication, problems):
            references[key] = publication
    return references


def _find_wrong_translations(collection: Collection) -> list[str]:
    return [
        problem
        for source in collection.sources
        for problem in find_translation_problems(
            source,
            [
                *collection.cards.get(source.id, ()),
                *collection.answers.get(source.id, ()),
            ],
            collection.translations.get(source.id, {}),
        )
    ]


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
    if not collection.has_all_statements:
        return problems
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
