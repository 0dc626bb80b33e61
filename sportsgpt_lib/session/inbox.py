"""The inbox: where teams put their session folders, and which of them are finished.

Layout ``<inbox>/<team>/<day>/session.toml`` beside the clips. The inbox may be a local
folder or an object store's prefix; clips of a remote one are copied beside the lake
before they are opened, since video decoding needs a file.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from upath import UPath

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.folder_files import UNFINISHED_SUFFIXES
from sportsgpt_lib.session.inbox_listing import (
    FolderListing,
    FolderName,
    is_local,
    list_folder_names,
    list_local_folder,
    list_remote,
)
from sportsgpt_lib.session.manifest import MANIFEST_NAME
from sportsgpt_lib.storage.partition import PartitionKey


@dataclass(frozen=True)
class WaitingSession:
    """A finished session folder; ``signature`` changes whenever its files change."""

    partition: PartitionKey
    signature: str


class Inbox:
    """All session folders under one root.

    Parameters
    ----------
    root
        Local folder or fsspec URL.
    local_copies
        Where sessions of a remote inbox are copied to.
    """

    def __init__(self, root: str | Path, local_copies: Path) -> None:
        self.root = UPath(root)
        self._local_copies = local_copies

    @property
    def is_local(self) -> bool:
        """Whether the inbox is a folder of this machine."""
        return is_local(self.root)

    def find_finished(self, quiet_s: float, now: datetime) -> list[WaitingSession]:
        """Find session folders that have a manifest and have not changed for a while.

        Parameters
        ----------
        quiet_s
            Seconds without a change after which a folder counts as finished.
        now
            Time to compare with, aware of its zone.
        """
        listings = (listing for _, listing in self._list() if listing is not None)
        found = (judge_listing(listing, quiet_s, now) for listing in listings)
        return [session for session in found if session is not None]

    def find_unfinished(self, quiet_s: float, now: datetime) -> list[tuple[str, str]]:
        """Find folders of the inbox that no run was requested for, and why."""
        waiting = []
        for name, listing in self._list():
            reason = _why_waiting(name, listing, quiet_s, now)
            if reason is not None:
                waiting.append((f"{name.team}/{name.day}".rstrip("/"), reason))
        return waiting

    def fetch(self, partition: PartitionKey) -> Path:
        """Give the local folder of a session, copying a remote one first.

        Raises
        ------
        SessionError
            There is no such session folder.
        """
        parts = (partition.team_id, partition.session_day.isoformat())
        folder = self.root.joinpath(*parts)
        if not folder.is_dir():
            raise SessionError(
                str(folder),
                "there is no such session folder",
                f"put the clips and {MANIFEST_NAME} there",
            )
        if self.is_local:
            return Path(folder.path).resolve()
        target = self._local_copies.joinpath(*parts)
        _copy_folder(folder, target)
        return target

    def _list(self) -> Iterator[tuple[FolderName, FolderListing | None]]:
        """Give every folder; None where it cannot be looked into just now."""
        if not self.root.is_dir():
            return
        if not self.is_local:
            for listing in list_remote(self.root):
                yield FolderName(listing.team, listing.day), listing
            return
        for name in list_folder_names(self.root.path):
            yield name, self.look_into(name)

    def look_into(self, name: FolderName) -> FolderListing | None:
        """List one folder of a local inbox; None where that cannot be done just now."""
        if name.problem is not None:
            return None
        try:
            return list_local_folder(self.root.path, name.team, name.day)
        except OSError:
            return None  # something is being moved there: it is not finished


def judge_listing(
    listing: FolderListing, quiet_s: float, now: datetime
) -> WaitingSession | None:
    """Tell whether a folder is a finished session; None where it is not."""
    partition = _partition_of(listing.team, listing.day)
    if partition is None or not _has_manifest(listing):
        return None
    latest = max(file.changed_at_s for file in listing.files)
    is_quiet = (now.timestamp() - latest) >= quiet_s
    names = [file.path.lower() for file in listing.files]
    if not is_quiet or any(name.endswith(UNFINISHED_SUFFIXES) for name in names):
        return None
    text = "\n".join(
        f"{file.path} {file.size_bytes} {file.changed_at_s:.3f}"
        for file in listing.files
    )
    text += "".join(f"\nunreadable {path}" for path in listing.unreadable)
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return WaitingSession(partition, digest[:16])


def _why_waiting(
    name: FolderName, listing: FolderListing | None, quiet_s: float, now: datetime
) -> str | None:
    if name.problem is not None:
        return name.problem
    if _partition_of(name.team, name.day) is None:
        return "its name is not <team>/<YYYY-MM-DD>"
    if listing is None:
        return "it cannot be listed"
    if not _has_manifest(listing):
        return f"it has no {MANIFEST_NAME}"
    if judge_listing(listing, quiet_s, now) is None:
        return "its files changed just now, or still arrive"
    return None


def _has_manifest(listing: FolderListing) -> bool:
    end = f"/{listing.team}/{listing.day}/{MANIFEST_NAME}"
    return any(file.path.endswith(end) for file in listing.files)


def _partition_of(team: str, day: str) -> PartitionKey | None:
    try:
        partition = PartitionKey(team, date.fromisoformat(day))
    except (ValueError, SessionError):
        return None
    # Python also reads 20260115, which is no name of a folder that is looked for later.
    return partition if partition.session_day.isoformat() == day else None


def _copy_folder(folder: UPath, target: Path) -> None:
    """Make the local copy equal to the remote folder; what went there goes here."""
    inside = target.resolve()
    wanted = set()
    for file in folder.rglob("*"):
        copy = target / str(file.relative_to(folder))
        if file.is_file() and copy.resolve().is_relative_to(inside):
            _copy_if_changed(file, copy)
            wanted.add(copy)
    for copy in target.rglob("*"):
        if copy.is_file() and copy not in wanted:
            copy.unlink()


def _copy_if_changed(source: UPath, target: Path) -> None:
    facts = source.stat()
    changed_at_s = float(facts.st_mtime or 0.0)
    if target.is_file():
        copy = target.stat()
        if (copy.st_size, copy.st_mtime) == (facts.st_size, changed_at_s):
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    source.fs.get_file(source.path, str(part))
    os.utime(part, (changed_at_s, changed_at_s))
    part.replace(target)
