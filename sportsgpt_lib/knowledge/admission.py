"""Admitting a source: what its file is, as a digest, and a first draft of its entry.

A librarian reviews a file, completes the draft and puts it into the manifest; from then
on any other content is refused. Reading the manifest is in ``collection.py``.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from sportsgpt_lib.errors import DocumentError, KnowledgeError
from sportsgpt_lib.knowledge.sources import TO_COMPLETE, SourceKind, SourceLanguage

_ENDINGS_OF_BOOKS = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz")


def compute_source_sha256(path: Path) -> str:
    """Compute the SHA-256 of a source's file or folder, as the manifest states it.

    A file's is over its bytes. A folder's is over one line ``path NUL sha256 LF`` for
    each file in it, sorted by path; empty folders do not count.

    Raises
    ------
    KnowledgeError
        The path, or a path in the folder, is a link, a pipe or a device: what it leads
        to may change, or never end.
    FileNotFoundError
        Nothing is there.
    """
    if path.is_symlink() or _is_device(path):
        raise _build_link_error(path.name, [path.name])
    if not path.is_dir():
        return _compute_file_sha256(path)
    lines = sorted(
        f"{file.relative_to(path).as_posix()}\0{_compute_file_sha256(file)}\n"
        for file in _list_files(path)
    )
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def validate_unchanged(path: Path, sha256: str) -> None:
    """Refuse a source whose file is no longer the admitted one after it was read.

    Raises
    ------
    DocumentError
        Its content changed, or it is gone: what was read may be half a copy.
    """
    try:
        is_same = compute_source_sha256(path) == sha256
    except (FileNotFoundError, KnowledgeError):
        is_same = False
    if not is_same:
        raise DocumentError(
            path.name,
            "it changed while it was read, so it is not the file that was admitted",
            "wait until it is copied whole, then ingest again",
        )


def draft_source(
    folder: Path,
    file: str,
    *,
    kind: SourceKind | None = None,
    language: SourceLanguage | None = None,
) -> str:
    """Draft the manifest's entry for a file or folder that lies in a collection.

    Parameters
    ----------
    folder
        The collection's folder, with its manifest.
    file
        Path in it, with forward slashes.
    kind
        None = judged by the name: a folder or an archive is a book, rows are questions.
    language
        That of its text; None = it is not known.

    Returns
    -------
    TOML with the digest filled in. What only a person can say is ``TODO``, and an
    entry that still has one is refused.
    """
    path = folder / file
    entry: dict[str, object] = {
        "id": _make_id(path),
        "title": TO_COMPLETE,
        "authors": [TO_COMPLETE],
        "year": 0,
        "licence": TO_COMPLETE,
        "owner": TO_COMPLETE,
        "trust_level": TO_COMPLETE,
        "topics": [],
        "sport": "general",
        "movements": [],
        "audience": [],
        "language": language or TO_COMPLETE,
        "kind": kind or judge_kind(path),
        "file": file,
        "sha256": compute_source_sha256(path),
        "admitted_by": TO_COMPLETE,
    }
    lines = (
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in entry.items()
    )
    return "\n".join(("[[source]]", *lines, ""))


def _compute_file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_device(path: Path) -> bool:
    return path.exists() and not (path.is_file() or path.is_dir())


def _list_files(folder: Path) -> Iterator[Path]:
    links = []
    for top, folders, files in os.walk(folder, followlinks=False):
        for name in (*folders, *files):
            path = Path(top) / name
            if path.is_symlink() or _is_device(path):
                links.append(path.relative_to(folder).as_posix())
            elif path.is_file():
                yield path
    if links:
        raise _build_link_error(folder.name, sorted(links))


def _build_link_error(where: str, links: list[str]) -> KnowledgeError:
    return KnowledgeError(
        where,
        "a link or a device stands where a file should, and what it gives may change",
        "copy the files themselves into the folder",
        problems=links,
    )


def _make_id(path: Path) -> str:
    stem = path.name.split(".")[0].lower()
    letters = (c if c.isascii() and c.isalnum() else "-" for c in stem)
    return "-".join(filter(None, "".join(letters).split("-"))) or "source"


def judge_kind(path: Path) -> SourceKind:
    """Judge by its name what a file or folder is likely to be."""
    suffix = path.suffix.lower()
    if path.is_dir() or suffix in _ENDINGS_OF_BOOKS:
        return "book"
    if suffix == ".toml":
        return "answers" if path.stem.split("_")[0] == "qa" else "cards"
    return "questions" if suffix in (".json", ".jsonl", ".csv") else "document"
