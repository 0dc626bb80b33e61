"""The way in for files from outside: each is parsed in a child process with limits.

A file that makes the parser crash, run for ever or eat all memory costs its own child,
and is refused with a reason; nothing half-parsed comes out.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb_ingest.parsing.characters import show_text
from kb_ingest.parsing.document import Block, Document, Finding
from kb_ingest.parsing.limits import MIB, ParseLimits
from sportsgpt_lib.errors import DocumentError


def parse_file(
    path: Path,
    *,
    declared_kind: str | None = None,
    columns: Mapping[str, str] | None = None,
    limits: ParseLimits | None = None,
) -> Document:
    """Parse a file, a folder or an archive from outside.

    Parameters
    ----------
    path
        A file, a folder, or an archive of a book's files; no link.
    declared_kind
        The source's kind in the manifest: ``questions`` and ``exercises`` must be rows.
        None = judged by the content.
    columns
        Field to column, where the columns' names do not say what they are.
    limits
        What the parse may use; None = the limits of ``limits.py``.

    Raises
    ------
    DocumentError
        The file cannot be used at all, or needs more than the limits allow.
    """
    allowed = limits or ParseLimits()
    name = show_text(path.name)
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        raise DocumentError(
            name,
            "a link, not a file"
            if path.is_symlink()
            else "a pipe or a device, not a file"
            if path.exists()
            else "no such file",
            "put the file itself into the folder of the manifest",
        )
    request = {
        "path": str(path.absolute()),
        "declared_kind": declared_kind,
        "columns": None if columns is None else dict(columns),
        "limits": asdict(allowed),
    }
    answer = _ask_child(name, request, allowed)
    error = answer.get("error")
    if isinstance(error, list):
        where, found, fix, problems = error
        raise DocumentError(
            show_text(where),
            show_text(found),
            show_text(fix),
            problems=[show_text(problem) for problem in problems],
        )
    if error is not None:
        raise _build_memory_error(name, allowed)
    return _unpack(answer["document"])


def _ask_child(
    name: str, request: Mapping[str, Any], limits: ParseLimits
) -> dict[str, Any]:
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kb_ingest.parsing.child"],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=limits.time_s,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _build_time_error(name, limits) from error
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _build_time_error(name, limits)
    told = done.stderr.decode("utf-8", "replace").strip()
    if "MemoryError" in told or "bad_alloc" in told:
        raise _build_memory_error(name, limits)
    raise DocumentError(
        name,
        "the parser broke down on it "
        f"({show_text(_find_last_line(told)) or f'exit {done.returncode}'})",
        "save it again in the program that made it; if it still breaks, convert it to "
        "another format",
    )


def _find_last_line(told: str) -> str:
    return told.rpartition("\n")[2]


def _build_time_error(name: str, limits: ParseLimits) -> DocumentError:
    return DocumentError(
        name,
        f"not parsed within {limits.time_s} s",
        "split it into parts, or convert it to a simpler format",
    )


def _build_memory_error(name: str, limits: ParseLimits) -> DocumentError:
    return DocumentError(
        name,
        f"needs more than {limits.memory_bytes // MIB} MiB of memory to parse",
        "split it into parts, or convert it to a simpler format",
    )


def _unpack(packed: Mapping[str, Any]) -> Document:
    text: str = packed["text"]
    blocks = tuple(
        Block(kind, text[start:end], tuple(path), start, end, first, last, payload)
        for kind, path, start, end, first, last, payload in packed["blocks"]
    )
    return Document(
        text=text,
        blocks=blocks,
        page_count=packed["page_count"],
        media_type=packed["media_type"],
        language=packed["language"],
        findings=tuple(Finding(**finding) for finding in packed["findings"]),
    )
