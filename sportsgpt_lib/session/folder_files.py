"""What lies in a session folder, looked at without opening or following anything.

The folder is filled by others, so a link may lead anywhere, a name may be a trap and a
file may be a pipe on which a reader would wait for ever. What may be opened is told
apart here from what is refused, and why.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from sportsgpt_lib.errors import SessionError

CLIP_SUFFIXES = frozenset(
    {
        *(".mp4", ".mov", ".m4v", ".mkv", ".avi", ".webm"),
        *(".mts", ".m2ts", ".mpg", ".mpeg", ".3gp"),
    }
)
# What browsers, file managers and copying programs write until a file is whole.
UNFINISHED_SUFFIXES = (
    *(".part", ".partial", ".tmp", ".temp", ".filepart"),
    *(".crdownload", ".download", ".opdownload"),
)
_RSYNC_COPY = re.compile(r"^\.(?P<name>.+)\.[A-Za-z0-9]{6}$")


@dataclass(frozen=True)
class Refusal:
    """Why a file or an entry does not go on; the words of its verdict."""

    word: Literal["QUARANTINE", "REJECT"]
    reason_code: str
    reason: str
    fix: str


@dataclass
class FolderFiles:
    """The files of a session folder, by their paths inside it.

    ``clips`` are ordinary files with the suffix of a video, ``others`` those without;
    ``refused`` must not be opened, whatever names them.
    """

    clips: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    refused: dict[str, Refusal] = field(default_factory=dict)

    def find_refusal(self, name: str) -> Refusal | None:
        """Find why a path is refused: itself, or a folder on the way to it."""
        path = PurePosixPath(name)
        for part in (path, *path.parents):
            if refusal := self.refused.get(part.as_posix()):
                return refusal
        return None


def look_through(folder: Path) -> FolderFiles:
    """Look through a session folder and its subfolders, never out of it.

    Raises
    ------
    SessionError
        The folder itself cannot be listed.
    """
    files = FolderFiles()
    root = os.path.realpath(folder)
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            entries = sorted(os.scandir(os.path.join(root, inside)), key=_name_of)  # noqa: PTH118
        except OSError as error:
            if not inside:
                raise SessionError(
                    str(folder),
                    f"the session folder cannot be listed ({error.strerror})",
                    "check its path, or give the pipeline's account the right to "
                    "read it",
                ) from error
            files.refused[inside] = _unreadable_folder(inside, error)
            continue
        for entry in entries:
            name = f"{inside}/{entry.name}" if inside else entry.name
            if _sort_in(files, root, name, entry):
                waiting.append(name)
    files.clips.sort()
    files.others.sort()
    return files


def is_clip_name(name: str) -> bool:
    """Whether a path has the suffix of a video and is not hidden."""
    path = PurePosixPath(name)
    return path.suffix.lower() in CLIP_SUFFIXES and not path.name.startswith(".")


def find_finished_name(name: str) -> str | None:
    """Tell the clip that a file will be once it is copied; None for any other file."""
    path = PurePosixPath(name)
    if match := _RSYNC_COPY.match(path.name):
        finished = match["name"]
    else:
        finished = path.stem
        if path.suffix.lower() not in UNFINISHED_SUFFIXES:
            return None
    return str(path.with_name(finished)) if is_clip_name(finished) else None


def show_name(name: str) -> str:
    """Write a name so that it can be printed and stored, whatever it is made of."""
    return "".join(_show_character(character) for character in name)


def _show_character(character: str) -> str:
    is_plain = unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
    return character if is_plain else character.encode("unicode_escape").decode()


def _name_of(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _sort_in(
    files: FolderFiles, root: str, name: str, entry: "os.DirEntry[str]"
) -> bool:
    """Put an entry where it belongs; True for a folder to look into."""
    if entry.is_symlink():
        if refusal := _judge_link(root, name):
            files.refused[name] = refusal
            return False
        if entry.is_dir():
            return False  # its files are met where they lie
    elif entry.is_dir():
        if is_clip_name(name):
            files.refused[name] = _no_file(name, "a folder")
        return True
    if not entry.is_file():
        files.refused[name] = _no_file(name, "a pipe, a socket or a device")
    elif refusal := _judge_name(name):
        files.refused[name] = refusal
    else:
        (files.clips if is_clip_name(name) else files.others).append(name)
    return False


def _judge_link(root: str, name: str) -> Refusal | None:
    target = os.path.realpath(os.path.join(root, name))  # noqa: PTH118
    shown = show_name(name)
    if not Path(target).is_relative_to(root):
        return Refusal(
            "REJECT",
            "outside_session_folder",
            f"{shown} is a link that leads out of the session folder; it is never "
            "followed",
            "put the file itself into the session folder",
        )
    if not Path(target).exists():
        return Refusal(
            "REJECT",
            "broken_link",
            f"{shown} is a link to a file that is not there",
            "put the file itself into the session folder",
        )
    return None


def _judge_name(name: str) -> Refusal | None:
    if name == show_name(name) and "\\" not in name:
        if finished := find_finished_name(name):
            return Refusal(
                "QUARANTINE",
                "still_being_copied",
                f"{name} is not finished: its suffix says that {finished} is still "
                "being copied",
                "wait until it is copied, or copy it again and take this file away",
            )
        return None
    return Refusal(
        "QUARANTINE",
        "unusable_name",
        f"the name {show_name(name)} holds a backslash, a control character or bytes "
        "that are no UTF-8",
        "rename the file; letters of every language, digits, spaces and quotes are "
        "allowed",
    )


def _no_file(name: str, kind: str) -> Refusal:
    return Refusal(
        "REJECT",
        "not_a_file",
        f"{show_name(name)} has the name of a clip, but is {kind}",
        "put the recording itself there, or rename it",
    )


def _unreadable_folder(name: str, error: OSError) -> Refusal:
    return Refusal(
        "REJECT",
        "unreadable_folder",
        f"the folder {show_name(name)} cannot be listed ({error.strerror})",
        "give the pipeline's account the right to read it, or send it again",
    )


def list_reported(files: FolderFiles) -> Iterator[tuple[str, Refusal]]:
    """List what is refused and of interest although no entry names it."""
    for name, refusal in sorted(files.refused.items()):
        is_of_interest = (
            is_clip_name(name)
            or find_finished_name(name) is not None
            or refusal.reason_code == "unreadable_folder"
            or (
                refusal.reason_code == "outside_session_folder"
                and not PurePosixPath(name).suffix
            )
        )
        if is_of_interest:
            yield name, refusal
