"""Parsing in this process, with small limits; the child has its own tests."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kb_ingest.parsing.document import Document, find_broken_offsets
from kb_ingest.parsing.limits import ParseLimits
from kb_ingest.parsing.reading import ParseRequest, read_document

ParseBytes = Callable[..., Document]


@pytest.fixture
def parse(tmp_path: Path) -> ParseBytes:
    """Parse the content of one file; its blocks are always where they say."""

    def parse_content(
        name: str,
        content: bytes | str,
        *,
        limits: ParseLimits | None = None,
        kind: str | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> Document:
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        request = ParseRequest(kind, columns)
        document = read_document(path, request, limits or ParseLimits())
        assert not list(find_broken_offsets(document))
        return document

    return parse_content


@pytest.fixture
def pack(tmp_path: Path) -> Callable[[Mapping[str, bytes | str]], bytes]:
    """Pack files into a zip."""

    def pack_files(files: Mapping[str, bytes | str]) -> bytes:
        path = tmp_path / "packed.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in files.items():
                package.writestr(name, content)
        return path.read_bytes()

    return pack_files
