"""Which files of a session folder are clips, and what identifies them.

Opening a clip belongs to ``media``; what a clip shows is said by the manifest.
"""

import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.session.folder_files import look_through

RECORDING_ID_DIGITS = 16


def find_clips(folder: Path) -> tuple[str, ...]:
    """List the video files of a session folder, as sorted paths inside it."""
    return tuple(look_through(folder).clips)


def compute_clip_sha256(path: Path) -> str:
    """Compute the SHA-256 of a file's bytes, without holding it in memory.

    Raises
    ------
    ClipError
        It is no ordinary file (``not_a_file``); nothing is waited for.
    OSError
        The file is not there, or may not be read.
    """
    with open_ordinary(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_ordinary(path: Path) -> BufferedReader:
    """Open a file to read; what is put in place of one meanwhile is never waited for.

    Raises
    ------
    ClipError
        It is a folder, a pipe or a device (``not_a_file``).
    OSError
        The file is not there, or may not be read.
    """
    # Without the flag, opening a pipe waits until somebody writes to it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise ClipError(
        path.name,
        "it is a folder, a pipe or a device, not a file",
        "hand in the recording itself",
        reason_code="not_a_file",
    )


def compute_recording_id(
    clip_sha256: str,
    athlete_id: str,
    movement: str,
    start_s: float,
    end_s: float | None,
) -> str:
    """Name a recording by what it is, so that the same recording keeps its name."""
    parts = (clip_sha256, athlete_id, movement, f"{start_s:.3f}", f"{end_s}")
    digest = hashlib.sha256("|".join(parts).encode()).hexdigest()
    return digest[:RECORDING_ID_DIGITS]
