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

    ``stamps`` is empty for an object store.
    """

    team: str
    day: str
    files: tuple[FileFacts, ...]
    stamps: tuple[Stamp, ...] = ()


def is_local(root: UPath) -> bool:
    """Whether the inbox is a folder of this machine."""
    return root.protocol in ("", "file", "local")


def list_folder_names(root: str) -> Iterator[FolderName]:
    """List the folders two levels below a local inbox, ordered by name."""
    for team in _scan(root):
        if not team.is_dir():
            continue
        if team.is_symlink():
            yield FolderName(team.name, "", _IS_LINK)
            continue
        try:
            days = [day for day in _scan(team.path) if day.is_dir()]
        except OSError:
            yield FolderName(team.name, "", _UNREADABLE)
            continue
        for day in days:
            problem = _IS_LINK if day.is_symlink() else None
            yield FolderName(team.name, day.name, problem)


def list_local_folder(root: str, team: str, day: str) -> FolderListing:
    """List one folder of a local inbox.

    Raises
    ------
    OSError
        Something is being moved there, or may not be read.
    """
    files: list[FileFacts] = []
    stamps = []
    waiting = [f"{root}/{team}/{day}"]
    while waiting:
        folder = waiting.pop()
        stamps.append(stamp_path(folder))
        for entry in _scan(folder):
            facts = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(facts.st_mode):
                waiting.append(entry.path)
            else:
                files.append(FileFacts(entry.path, facts.st_size, facts.st_mtime))
    files.sort(key=lambda file: file.path)
    return FolderListing(team, day, tuple(files), tuple(stamps))


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


def _scan(folder: str) -> "list[os.DirEntry[str]]":
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)
