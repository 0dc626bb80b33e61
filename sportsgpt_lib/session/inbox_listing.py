"""Lists session folders: what lies in them, how large, and when it changed.

A local inbox is listed folder by folder, since a folder's own time of change says
whether anything came or went. An object store has no folders: it is listed in one go.
Links are never followed.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from upath import UPath
from upath._stat import UPathStatResult

Stamp = tuple[str, int, int]

_IS_LINK = "it is a link, which is not followed; put the folder itself there"
_UNREADABLE = "it cannot be listed; give the pipeline's account the right to read it"
_LEAST_PARTS = 3


@dataclass(frozen=True)
class FolderName:
    """A folder two levels below the inbox; ``problem`` says why it is not looked into.

    ``day`` is empty where the problem is the team's folder.
    """

    team: str
    day: str
    problem: str | None = None


@dataclass(frozen=True)
class FileFacts:
    """A file of a session folder; ``path`` is the whole path, as the store has it."""

    path: str
    size_bytes: int
    changed_at_s: float


@dataclass(frozen=True)
class FolderListing:
    """All files of one session folder, and the stamps of the folders they lie in.

    ``stamps`` is empty for an object store. ``unreadable`` are the paths that cannot be
    looked into for lack of rights or because they are too long; the session's verdicts
    name them.
    """

    team: str
    day: str
    files: tuple[FileFacts, ...]
    stamps: tuple[Stamp, ...] = ()
    unreadable: tuple[str, ...] = ()


def is_local(root: UPath) -> bool:
    """Whether the inbox is a folder of this machine."""
    return root.protocol in ("", "file", "local")


def list_folder_names(root: str) -> Iterator[FolderName]:
    """List the folders two levels below a local inbox, ordered by name."""
    for team in _scan(root):
        is_folder, problem = _judge_entry(team)
        if problem is not None:
            yield FolderName(team.name, "", problem)
        if not is_folder:
            continue
        try:
            days = _scan(team.path)
        except OSError:
            yield FolderName(team.name, "", _UNREADABLE)
            continue
        for day in days:
            is_folder, problem = _judge_entry(day)
            if is_folder or problem is not None:
                yield FolderName(team.name, day.name, problem)


def list_local_folder(root: str, team: str, day: str) -> FolderListing:
    """List one folder of a local inbox.

    Raises
    ------
    OSError
        Something is being moved there, or the folder itself may not be read.
    """
    files: list[FileFacts] = []
    stamps: list[Stamp] = []
    unreadable: list[str] = []
    top = f"{root}/{team}/{day}"
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            stamps.append(stamp_path(folder))
            entries = _scan(folder)
        except (FileNotFoundError, NotADirectoryError):
            raise
        except OSError:
            if folder == top:
                raise
            unreadable.append(folder)
            continue
        for entry in entries:
            facts = _read_facts(entry)
            if facts is None:
                unreadable.append(entry.path)
            elif stat.S_ISDIR(facts.st_mode):
                waiting.append(entry.path)
            else:
                files.append(FileFacts(entry.path, facts.st_size, facts.st_mtime))
    files.sort(key=lambda file: file.path)
    return FolderListing(
        team, day, tuple(files), tuple(stamps), tuple(sorted(unreadable))
    )


def stamp_path(path: str) -> Stamp:
    """Read when a path changed: a folder's stamp changes when a file comes or goes.

    Copying programs set the first time back to that of their source, but not the
    second, which is the inode's.
    """
    facts = os.stat(path, follow_symlinks=False)  # noqa: PTH116
    return path, facts.st_mtime_ns, facts.st_ctime_ns


def list_remote(root: UPath) -> list[FolderListing]:
    """List every session folder of an object store, as it is now."""
    root.fs.invalidate_cache()
    found = cast("dict[str, dict[str, Any]]", root.fs.find(root.path, detail=True))
    folders: dict[tuple[str, str], list[FileFacts]] = {}
    start = root.path.rstrip("/") + "/"
    for path, facts in sorted(found.items()):
        parts = path.removeprefix(start).split("/")
        if len(parts) >= _LEAST_PARTS:
            known = UPathStatResult.from_info(facts)
            file = FileFacts(path, known.st_size, float(known.st_mtime or 0.0))
            folders.setdefault((parts[0], parts[1]), []).append(file)
    return [
        FolderListing(team, day, tuple(files))
        for (team, day), files in sorted(folders.items())
    ]


def _judge_entry(entry: "os.DirEntry[str]") -> tuple[bool, str | None]:
    """Tell whether an entry is a folder to look into, and what is wrong with it.

    Links are told apart first: asking what one leads to fails where it leads to itself.
    """
    try:
        if entry.is_symlink():
            return False, None if os.path.isfile(entry.path) else _IS_LINK  # noqa: PTH113 - Path raises on a loop
        return entry.is_dir(follow_symlinks=False), None
    except OSError:
        return False, _UNREADABLE


def _read_facts(entry: "os.DirEntry[str]") -> os.stat_result | None:
    """Read an entry's size and times; None where rights lack or its path is too long.

    Raises
    ------
    FileNotFoundError
        It was moved away meanwhile.
    """
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:
        return None


def _scan(folder: str) -> "list[os.DirEntry[str]]":
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)
