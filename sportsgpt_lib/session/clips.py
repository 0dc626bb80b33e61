"""Which files of a session folder are clips, and what identifies them.

Opening a clip belongs to ``media``; what a clip shows is said by the manifest.
"""

import hashlib
from pathlib import Path

from sportsgpt_lib.session.folder_files import look_through

RECORDING_ID_DIGITS = 16


def find_clips(folder: Path) -> tuple[str, ...]:
    """List the video files of a session folder, as sorted paths inside it."""
    return tuple(look_through(folder).clips)


def compute_clip_sha256(path: Path) -> str:
    """Compute the SHA-256 of a file's bytes, without holding it in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
