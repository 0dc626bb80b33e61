"""Where the tracking of a clip is kept while it runs, so that a killed run goes on.

One folder for each clip, in it one for each thing that decides the result; when the
clip is done, its folder is gone. Each file holds the SHA-256 of its content, and the
state names every file of sights, so what is damaged or foreign is not used.
"""

import hashlib
import logging
import re
import shutil
from pathlib import Path

from upath import UPath

from sportsgpt_lib.storage.atomic_files import write_atomically

_LOGGER = logging.getLogger(__name__)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_STATE = "state"


class ClipCheckpoints:
    """All checkpoints under one folder of a local disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, clip_sha256: str, key: str) -> "ClipCheckpoint":
        """Open the checkpoint of one clip; what other keys left of it is deleted.

        Parameters
        ----------
        clip_sha256
            SHA-256 of the clip's file.
        key
            All else that decides the result, such as code version and weights.

        Raises
        ------
        ValueError
            ``clip_sha256`` is not a SHA-256 in hexadecimal digits.
        """
        if _SHA256.fullmatch(clip_sha256) is None:
            message = f"clip {clip_sha256!r} is not a SHA-256 in hexadecimal digits"
            raise ValueError(message)
        folder = self.root / clip_sha256
        own = folder / hashlib.sha256(key.encode()).hexdigest()
        for other in folder.glob("*"):
            if other != own:
                shutil.rmtree(other, ignore_errors=True)
        return ClipCheckpoint(own)


class ClipCheckpoint:
    """The checkpoint of one clip: a TrackingCheckpoint of pose/checkpoint.py.

    Sights are written once, in numbered files; only the state is replaced. A run that
    dies between the two leaves a file of sights that no state names.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._digests: list[str] = []

    def load(self) -> tuple[bytes, list[bytes]] | None:
        """Load the last state and all sights; None where nothing whole is there."""
        self._digests = []
        try:
            content = (self.folder / _STATE).read_bytes()
        except FileNotFoundError:
            return None
        digest, _, rest = content.partition(b"\n")
        names, _, state = rest.partition(b"\n")
        digests = names.decode("ascii", errors="replace").split()
        sights = [self._read_sights(number) for number in range(len(digests))]
        is_whole = _digest(rest).encode() == digest and digests == [
            _digest(part) for part in sights
        ]
        if not is_whole:
            _LOGGER.warning("a damaged checkpoint is not used: %s", self.folder)
            return None
        self._digests = digests
        return state, sights

    def discard(self) -> None:
        """Forget what was loaded: the next state names only sights that follow."""
        self._digests = []

    def save(self, state: bytes, new_sights: bytes) -> None:
        """Keep a state, and the sights since the state before it."""
        write_atomically(UPath(self._sights_path(len(self._digests))), new_sights)
        self._digests.append(_digest(new_sights))
        rest = " ".join(self._digests).encode("ascii") + b"\n" + state
        write_atomically(
            UPath(self.folder / _STATE), _digest(rest).encode("ascii") + b"\n" + rest
        )

    def remove(self) -> None:
        """Delete the checkpoint; the clip is done."""
        shutil.rmtree(self.folder.parent, ignore_errors=True)

    def _sights_path(self, number: int) -> Path:
        return self.folder / f"sights-{number:06d}"

    def _read_sights(self, number: int) -> bytes:
        try:
            return self._sights_path(number).read_bytes()
        except FileNotFoundError:
            return b""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
