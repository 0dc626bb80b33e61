"""Books: a folder or an archive of files, in the order of its collection file.

Without a collection file the files follow each other by name. Files about the
collection (licences, notes on the source) are left out and named.
"""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from kb_ingest.parsing import cnxml
from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.limits import ParseLimits, validate_file_bytes
from kb_ingest.parsing.packages import FIX_UNREAD, UNREAD_ENDINGS
from kb_ingest.parsing.xml_tree import parse_xml
from sportsgpt_lib.errors import DocumentError

READ_ENDINGS = frozenset(
    {".cnxml", ".xml", ".nxml", ".html", ".htm", ".xhtml", ".md", ".markdown", ".txt"}
    | {".pdf", ".epub", ".docx", ".json", ".jsonl", ".csv"}
)
FOLDER_MEDIA_TYPE = "inode/directory"
_ABOUT_FILES = re.compile(
    r"(licen[cs]e|copying|notice|source|readme|changelog|contributing)\b.*",
    re.IGNORECASE,
)

Members = Mapping[str, bytes | Path]
PartParser = Callable[[str, bytes, DocumentBuilder], None]


def list_folder(folder: Path, limits: ParseLimits) -> dict[str, Path]:
    """List a folder's files by relative path, sorted.

    Raises
    ------
    DocumentError
        A link lies in it: what it points to may change, or lie elsewhere. So may
        what a pipe or a device gives.
    """
    found: dict[str, Path] = {}
    links: list[str] = []
    for top, folders, files in os.walk(folder, followlinks=False):
        for file in (*folders, *files):
            path = Path(top) / file
            where = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                links.append(where)
            elif path.is_file():
                found[where] = path
    if links:
        raise DocumentError(
            folder.name,
            "holds links or devices, and what they give can change or lie elsewhere",
            "copy the files themselves into the folder",
            problems=sorted(links),
        )
    if len(found) > limits.most_members_count:
        raise DocumentError(
            folder.name,
            f"holds {len(found)} files; at most {limits.most_members_count} are read",
            "split it into several sources",
        )
    return dict(sorted(found.items()))


def parse_book(
    name: str, members: Members, builder: DocumentBuilder, parse_part: PartParser
) -> None:
    """Parse all parts of a book into one document.

    Raises
    ------
    DocumentError
        The collection file names a part that is not there, or a part of the book
        cannot be read: half a book is not admitted.
    """
    collections = [path for path in members if path.endswith(cnxml.COLLECTION_SUFFIX)]
    if collections:
        _parse_collections(name, collections, members, builder, parse_part)
        return
    for path in members:
        if _ABOUT_FILES.fullmatch(PurePosixPath(path).name):
            builder.report(path, "about the collection; left out", "nothing")
        elif PurePosixPath(path).suffix.lower() in READ_ENDINGS:
            data = _read(f"{name}: {path}", members[path], builder.limits)
            with builder.nest([PurePosixPath(path).with_suffix("").as_posix()]):
                parse_part(path, data, builder)
        elif PurePosixPath(path).suffix.lower() in UNREAD_ENDINGS:
            found = "its format is not read inside a book; left out"
            builder.report(path, found, FIX_UNREAD, "quarantine")
        else:
            builder.report(path, "not text that is read; left out", "nothing")


def _parse_collections(
    name: str,
    collections: list[str],
    members: Members,
    builder: DocumentBuilder,
    parse_part: PartParser,
) -> None:
    modules = _find_modules(members)
    used: set[str] = set()
    for path in collections:
        data = _read(f"{name}: {path}", members[path], builder.limits)
        title, entries = cnxml.read_collection(parse_xml(name, data, builder.limits))
        missing = [e.module_id for e in entries if e.module_id not in modules]
        if missing:
            raise DocumentError(
                name,
                f"{path} names parts that are not there",
                "copy the whole book again from its owner",
                problems=missing,
            )
        for entry in entries:
            part = modules[entry.module_id]
            used.add(part)
            with builder.nest([title, *entry.titles]):
                body = _read(f"{name}: {part}", members[part], builder.limits)
                parse_part(part, body, builder)
    for path in sorted(set(members) - used - set(collections)):
        builder.report(path, "in no collection file; left out", "nothing, if so meant")


def _find_modules(members: Members) -> dict[str, str]:
    """Find the files of modules by id: the folder's name, or the file's own."""
    modules = {}
    for path in members:
        parts = PurePosixPath(path)
        if parts.suffix == ".cnxml":
            modules[parts.parent.name if parts.stem == "index" else parts.stem] = path
    return modules


def _read(where: str, member: bytes | Path, limits: ParseLimits) -> bytes:
    if isinstance(member, bytes):
        return member
    validate_file_bytes(where, member.stat().st_size, limits)
    return member.read_bytes()
