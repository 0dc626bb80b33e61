"""Watches an inbox at little cost: folders that rest are known by their stamps.

A season's archive holds thousands of folders in which nothing happens any more. Each
look stats such a folder, its subfolders and its manifest, and lists its files only when
one of these changed. A clip that is overwritten in place changes none of them, so
folders are listed every time until they have rested for a day, and all are by a full
look.
"""

import logging
import os
from dataclasses import dataclass
from datetime import datetime

from sportsgpt_lib.session.inbox import Inbox, WaitingSession, judge_listing
from sportsgpt_lib.session.inbox_listing import (
    FolderListing,
    FolderName,
    Stamp,
    list_folder_names,
    stamp_path,
)
from sportsgpt_lib.session.manifest import MANIFEST_NAME

_LOGGER = logging.getLogger(__name__)
# Chosen: who corrects a clip does so on the day of the session or the day after.
REST_S = 24 * 3600.0
_NS_PER_S = 1e9


@dataclass(frozen=True)
class _Known:
    """A folder as it was listed last: all its stamps, and when it changed last."""

    stamps: tuple[Stamp, ...]
    changed_at_s: float


class InboxWatch:
    """Finds the sessions of an inbox that changed since the last look, and recent ones.

    It remembers within the process only; a new one begins with a full look.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._known: dict[FolderName, _Known] = {}

    @property
    def has_looked(self) -> bool:
        """Whether there was a full look already."""
        return bool(self._known)

    def find_changed(
        self, quiet_s: float, now: datetime, *, look_at_all: bool
    ) -> list[WaitingSession]:
        """Find the finished sessions that changed lately or since the last look.

        Parameters
        ----------
        quiet_s
            Seconds without a change after which a folder counts as finished.
        now
            Time to compare with, aware of its zone.
        look_at_all
            List every folder, and give every finished session. An object store is
            listed in one go and always looked at whole.
        """
        if not self._inbox.is_local:
            return self._inbox.find_finished(quiet_s, now)
        if not self._inbox.root.is_dir():
            return []
        names = [
            name
            for name in list_folder_names(self._inbox.root.path)
            if name.problem is None
        ]
        self._known = {n: self._known[n] for n in names if n in self._known}
        due = [name for name in names if look_at_all or not self._rests(name, now)]
        found = (self._judge_safely(name, quiet_s, now) for name in due)
        return [session for session in found if session is not None]

    def _rests(self, name: FolderName, now: datetime) -> bool:
        known = self._known.get(name)
        if known is None or now.timestamp() - known.changed_at_s < REST_S:
            return False
        try:
            return all(stamp_path(stamp[0]) == stamp for stamp in known.stamps)
        except OSError:
            return False

    def _judge_safely(
        self, name: FolderName, quiet_s: float, now: datetime
    ) -> WaitingSession | None:
        """Judge one folder; whatever is wrong with it, the others are judged too."""
        try:
            return self._judge(name, quiet_s, now)
        except Exception as error:  # noqa: BLE001 - one team must not stop the others
            # Its traceback would hold names of files.
            _LOGGER.warning("a folder cannot be judged: %s", type(error).__name__)
            self._known.pop(name, None)
            return None

    def _judge(
        self, name: FolderName, quiet_s: float, now: datetime
    ) -> WaitingSession | None:
        listing = self._inbox.look_into(name)
        if listing is None:
            self._known.pop(name, None)
            return None
        self._remember(name, listing)
        return judge_listing(listing, quiet_s, now)

    def _remember(self, name: FolderName, listing: FolderListing) -> None:
        folder = f"{self._inbox.root.path}/{name.team}/{name.day}"
        manifest = f"{folder}/{MANIFEST_NAME}"
        stamps = list(listing.stamps)
        if os.path.lexists(manifest):
            stamps.append(stamp_path(manifest))
        changes_s = [max(stamp[1:]) / _NS_PER_S for stamp in stamps]
        changes_s += [file.changed_at_s for file in listing.files]
        self._known[name] = _Known(tuple(stamps), max(changes_s))
