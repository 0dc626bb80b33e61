"""Runs one parse in a process of its own: ``python -m kb_ingest.parsing.child``.

Reads a request as JSON from standard input; writes the document, or why there is none,
as JSON to standard output. ``file_parsing.py`` is the other end.
"""

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb_ingest.parsing.document import Document
from kb_ingest.parsing.limits import ParseLimits
from sportsgpt_lib.errors import DocumentError

_RECURSION = 5_000
"""Above what the deepest tree within ``most_nesting_count`` needs."""
_MOST_OPEN_FILES_COUNT = 64


def main() -> None:
    """Parse what the request names, within its limits."""
    answers, sys.stdout = sys.stdout, sys.stderr
    request = json.load(sys.stdin)
    limits = ParseLimits(**request["limits"])
    _limit_process(limits)
    sys.setrecursionlimit(_RECURSION)
    try:
        answer: dict[str, Any] = {"document": _pack(_read(request, limits))}
    except DocumentError as error:
        answer = {"error": [error.where, error.found, error.fix, error.problems]}
    except MemoryError:
        answer = {"error": "memory"}
    json.dump(answer, answers)


def _read(request: dict[str, Any], limits: ParseLimits) -> Document:
    from kb_ingest.parsing.reading import ParseRequest, read_document

    asked = ParseRequest(request["declared_kind"], request["columns"])
    return read_document(Path(request["path"]), asked, limits)


def _limit_process(limits: ParseLimits) -> None:
    _limit(resource.RLIMIT_AS, limits.memory_bytes)
    _limit(resource.RLIMIT_CPU, limits.time_s)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _MOST_OPEN_FILES_COUNT)


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (value, value))


def _pack(document: Document) -> dict[str, Any]:
    """Leave the blocks' text out: it is in the document's, at their offsets."""
    blocks = [
        [
            block.kind,
            block.section_path,
            block.char_start,
            block.char_end,
            block.page_first,
            block.page_last,
            block.payload,
        ]
        for block in document.blocks
    ]
    return {
        "text": document.text,
        "blocks": blocks,
        "page_count": document.page_count,
        "media_type": document.media_type,
        "language": document.language,
        "findings": [asdict(finding) for finding in document.findings],
    }


if __name__ == "__main__":
    main()
