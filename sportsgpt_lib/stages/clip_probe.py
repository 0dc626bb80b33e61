"""Opens every clip of a session once: its content's name, its facts, or why not.

Whatever is wrong with one file is that file's verdict; the others go on.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import ClipFacts
from sportsgpt_lib.session.clips import compute_clip_sha256
from sportsgpt_lib.stages.contract import PASS, Verdict

_LOGGER = logging.getLogger(__name__)
CLIP_CHANGED = "clip_changed"
UNREADABLE_FILE = "unreadable_file"
_PERHAPS_UNFINISHED = ("corrupt_video", "empty_file")

ProbeClip = Callable[[Path], ClipFacts]


@dataclass(frozen=True)
class ProbedClip:
    """A clip's content by its SHA-256, and its facts; None where it cannot be used."""

    sha256: str
    facts: ClipFacts | None
    verdict: Verdict


def probe_safely(path: Path, probe_clip: ProbeClip) -> ProbedClip:
    """Read a clip's content and facts; what is wrong with it becomes its verdict.

    Parameters
    ----------
    path
        The clip.
    probe_clip
        Reads its facts; raises ClipError for one that cannot be used.
    """
    try:
        before = path.stat()
        sha256 = _name_content(path)
        facts, verdict = _probe(path, probe_clip)
        after = path.stat()
    except OSError as error:
        verdict = Verdict(
            "REJECT",
            UNREADABLE_FILE,
            f"{path.name} cannot be read ({error.strerror})",
            "give the pipeline's account the right to read it, or send it again",
        )
        return ProbedClip(name_without_content(path.name), None, verdict)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return ProbedClip(sha256, None, _changed(path))
    return ProbedClip(sha256, facts, verdict)


def name_without_content(name: str) -> str:
    """Name a file whose content is not known by its name alone, as a SHA-256."""
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()


def _name_content(path: Path) -> str:
    try:
        return compute_clip_sha256(path)
    except ClipError:  # no file; probing it says so
        return name_without_content(path.name)


def _probe(path: Path, probe_clip: ProbeClip) -> tuple[ClipFacts | None, Verdict]:
    try:
        return probe_clip(path), PASS
    except ClipError as error:
        fix = error.fix
        if error.reason_code in _PERHAPS_UNFINISHED:
            fix = f"wait if the file is still being copied; else {fix}"
        return None, Verdict("REJECT", error.reason_code, error.found, fix)
    except OSError:
        raise
    except Exception as error:
        _LOGGER.exception("a clip could not be described")
        return None, Verdict(
            "QUARANTINE",
            "stage_failed",
            f"describing {path.name} broke: {type(error).__name__}",
            "see the run's log for the traceback; the next run tries it again",
        )


def _changed(path: Path) -> Verdict:
    return Verdict(
        "REJECT",
        CLIP_CHANGED,
        f"{path.name} changed while it was being read",
        "run the session again when all files have arrived",
    )
