"""Opens zip and tar files from outside: EPUB, DOCX, and archives of a book's files.

Nothing is unpacked to disk. A name that leads out of the archive refuses it whole; a
link in it is reported and left out.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from kb_ingest.parsing.document import Finding
from kb_ingest.parsing.limits import ParseLimits, validate_expansion
from sportsgpt_lib.errors import DocumentError

_ENCRYPTED_BIT = 0x1
_READ_BYTES = 1 << 16
_LINK_MODE = 0o120000
UNREAD_ENDINGS = frozenset(
    {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"}
    | {".doc", ".rtf", ".odt", ".pages", ".ppt", ".pptx", ".xls", ".xlsx", ".mobi"}
)
"""Files that hold text which is not read inside a book."""

FIX_UNREAD = "unpack it, or save it as PDF, DOCX, EPUB, HTML or CSV"
DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
"""What reading a damaged zip raises."""

_TRUNCATED = (EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, OSError)


def open_zip(name: str, data: bytes, limits: ParseLimits) -> zipfile.ZipFile:
    """Open a zip file whose members were checked, not yet unpacked.

    ``ZipFile.read`` never gives more than the size that a member declares, and the
    declared sizes were added up.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError) as error:
        raise build_truncated_error(name, error) from error
    members = package.infolist()
    _validate_count(name, len(members), limits)
    for member in members:
        validate_member_name(name, member.filename)
        if member.flag_bits & _ENCRYPTED_BIT:
            raise DocumentError(
                name,
                f"{member.filename} in it is encrypted",
                "ask its owner for a file without a password",
            )
    expanded = sum(member.file_size for member in members)
    validate_expansion(name, len(data), expanded, limits)
    return package


def read_member(name: str, package: zipfile.ZipFile, member: str) -> bytes:
    """Read one member of an opened zip file."""
    try:
        return package.read(member)
    except KeyError as error:
        raise DocumentError(
            name, f"{member} is missing in it", "export the document again"
        ) from error
    except DAMAGES as error:
        raise build_truncated_error(name, error) from error


def read_archive(
    name: str, data: bytes, limits: ParseLimits, wanted_suffixes: frozenset[str]
) -> tuple[dict[str, bytes], list[Finding]]:
    """Read the wanted members of a zip or tar archive into memory.

    Returns
    -------
    Content by path, sorted; and what was left out, counted by its ending.
    """
    is_zip = zipfile.is_zipfile(io.BytesIO(data))
    members = _read_zip(name, data, limits) if is_zip else _read_tar(name, data, limits)
    content: dict[str, bytes] = {}
    findings: list[Finding] = []
    other: dict[str, int] = {}
    for path, body in members:
        suffix = PurePosixPath(path).suffix.lower()
        if body is None:
            findings.append(_build_link_finding(path))
        elif path in content:
            raise DocumentError(
                name, f"{path} is in it twice", "pack the archive again"
            )
        elif suffix in wanted_suffixes:
            content[path] = body
        else:
            other[suffix or "no ending"] = other.get(suffix or "no ending", 0) + 1
    findings.extend(_build_other_findings(other))
    return dict(sorted(content.items())), findings


def validate_member_name(name: str, member: str) -> None:
    """Refuse an archive with a name that leads out of it."""
    path = PurePosixPath(member.replace("\\", "/"))
    is_drive = member[1:2] == ":"
    if path.is_absolute() or ".." in path.parts or is_drive or "\0" in member:
        raise DocumentError(
            name,
            f"{member!r} in it leads out of the archive",
            "do not use this file: honest programs don't write such names",
        )


def build_truncated_error(name: str, error: Exception) -> DocumentError:
    """Build the refusal of a package that is cut off or damaged."""
    return DocumentError(
        name,
        f"cannot be unpacked; it is cut off or damaged ({error})",
        "copy the whole file again from its owner",
    )


def _read_zip(
    name: str, data: bytes, limits: ParseLimits
) -> Iterator[tuple[str, bytes | None]]:
    package = open_zip(name, data, limits)
    for member in package.infolist():
        if member.is_dir():
            continue
        is_link = (member.external_attr >> 16) & 0o170000 == _LINK_MODE
        body = None if is_link else read_member(name, package, member.filename)
        yield member.filename, body


def _read_tar(
    name: str, data: bytes, limits: ParseLimits
) -> Iterator[tuple[str, bytes | None]]:
    stream = _MeteredStream(name, data, limits)
    count = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                count += 1
                _validate_count(name, count, limits)
                validate_member_name(name, member.name)
                if member.isdir():
                    continue
                body = archive.extractfile(member) if member.isfile() else None
                yield member.name, None if body is None else body.read()
    except _TRUNCATED as error:
        raise build_truncated_error(name, error) from error


class _MeteredStream(io.RawIOBase):
    """Unpacks a compressed tar, and stops where it unpacks to too much."""

    def __init__(self, name: str, data: bytes, limits: ParseLimits) -> None:
        self._name, self._limits = name, limits
        self._packed_bytes, self._expanded_bytes = len(data), 0
        self._stream = _open_compressed(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        part = self._stream.read(_READ_BYTES if size < 0 else size)
        self._expanded_bytes += len(part)
        validate_expansion(
            self._name, self._packed_bytes, self._expanded_bytes, self._limits
        )
        return part


def _open_compressed(data: bytes) -> io.BufferedIOBase:
    packed = io.BytesIO(data)
    if data.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=packed)
    if data.startswith(b"BZh"):
        return bz2.BZ2File(packed)
    if data.startswith(b"\xfd7zXZ"):
        return lzma.LZMAFile(packed)
    return packed


def _validate_count(name: str, count: int, limits: ParseLimits) -> None:
    if count > limits.most_members_count:
        raise DocumentError(
            name,
            f"holds more than {limits.most_members_count} files",
            "split it into parts, and admit each as a source",
        )


def _build_link_finding(where: str) -> Finding:
    return Finding(
        where,
        "a link or a device, not a file",
        "pack the file itself instead of the link",
        "quarantine",
    )


def _build_other_findings(other: Mapping[str, int]) -> list[Finding]:
    return [
        Finding(
            "",
            f"{count} files ({suffix}) left out",
            FIX_UNREAD if suffix in UNREAD_ENDINGS else "nothing, if so meant",
            "quarantine" if suffix in UNREAD_ENDINGS else "warning",
        )
        for suffix, count in sorted(other.items())
    ]
