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
from sportsgpt_lib.session.manifest import MANIFEST_NAME
from sportsgpt_lib.storage.partition import PartitionKey

_UNFINISHED_SUFFIXES = (".part", ".tmp", ".crdownload", ".filepart")


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

    def find_finished(self, quiet_s: float, now: datetime) -> list[WaitingSession]:
        """Find session folders that have a manifest and have not changed for a while.

        Parameters
        ----------
        quiet_s
            Seconds without a change after which a folder counts as finished.
        now
            Time to compare with, aware of its zone.
        """
        found = []
        for folder in self._session_folders():
            partition = _partition_of(folder)
            try:
                files = sorted(_files_below(folder), key=str)
                stats = [(file, file.stat()) for file in files]
            except OSError:
                continue  # something is being moved there: it is not finished
            names = [file.name for file in files]
            if partition is None or MANIFEST_NAME not in names:
                continue
            latest = max(_changed_at(stat) for _, stat in stats)
            is_quiet = (now.timestamp() - latest) >= quiet_s
            if is_quiet and not any(n.endswith(_UNFINISHED_SUFFIXES) for n in names):
                text = "\n".join(
                    f"{file} {stat.st_size} {_changed_at(stat):.3f}"
                    for file, stat in stats
                )
                digest = hashlib.sha256(text.encode()).hexdigest()
                found.append(WaitingSession(partition, digest[:16]))
        return found

    def find_unfinished(self, quiet_s: float, now: datetime) -> list[tuple[str, str]]:
        """Find folders of the inbox that no run was requested for, and why."""
        finished = {
            f"{s.partition.team_id}/{s.partition.session_day}"
            for s in self.find_finished(quiet_s, now)
        }
        waiting = []
        for folder in self._session_folders():
            name = f"{folder.parent.name}/{folder.name}"
            if _partition_of(folder) is None:
                waiting.append((name, "its name is not <team>/<YYYY-MM-DD>"))
            elif not (folder / MANIFEST_NAME).is_file():
                waiting.append((name, f"it has no {MANIFEST_NAME}"))
            elif name not in finished:
                waiting.append((name, "its files changed just now, or still arrive"))
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
        if self.root.protocol in ("", "file", "local"):
            return Path(folder.path).resolve()
        target = self._local_copies.joinpath(*parts)
        for file in _files_below(folder):
            _copy_if_changed(file, target / str(file.relative_to(folder)))
        return target

    def _session_folders(self) -> Iterator[UPath]:
        if not self.root.is_dir():
            return
        for team in sorted(self.root.iterdir(), key=str):
            if team.is_dir():
                yield from sorted((d for d in team.iterdir() if d.is_dir()), key=str)


def _partition_of(folder: UPath) -> PartitionKey | None:
    try:
        return PartitionKey(folder.parent.name, date.fromisoformat(folder.name))
    except (ValueError, SessionError):
        return None


def _files_below(folder: UPath) -> list[UPath]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _changed_at(stat: object) -> float:
    return float(getattr(stat, "st_mtime", 0.0) or 0.0)


def _copy_if_changed(source: UPath, target: Path) -> None:
    facts = source.stat()
    if target.is_file():
        copy = target.stat()
        if (copy.st_size, copy.st_mtime) == (facts.st_size, _changed_at(facts)):
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    source.fs.get_file(source.path, str(part))
    os.utime(part, (_changed_at(facts), _changed_at(facts)))
    part.replace(target)
