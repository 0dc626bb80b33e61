"""Computes a stage on a clip only while the clip is the one that was judged.

What is wrong with the file becomes an error about the clip, without the path that the
system's own error would carry into the log.
"""

import os
from pathlib import Path

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.session.clips import compute_clip_sha256
from sportsgpt_lib.stages.clip_probe import CLIP_CHANGED, UNREADABLE_FILE
from sportsgpt_lib.stages.contract import Stage, StageInput, StageOutput


def compute_unchanged(stage: Stage, stage_input: StageInput) -> StageOutput:
    """Compute, and refuse a clip that is not, or no longer, the one that was judged.

    Raises
    ------
    ClipError
        The clip changed or is gone (``clip_changed``), or it cannot be read
        (``unreadable_file``); or as the stage says.
    """
    path = stage_input.clip_path
    if path is None:
        return stage.compute(stage_input)
    try:
        before = path.stat()
        sha256 = _compute_sha256(path)
    except OSError as error:
        raise _describe(path, error) from None
    if sha256 != stage_input.subject.clip_sha256:
        raise _changed(path)
    try:
        output = stage.compute(stage_input)
        after = path.stat()
    except OSError as error:
        if error.filename is None or os.fspath(error.filename) != os.fspath(path):
            raise
        raise _describe(path, error) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise _changed(path)
    return output


def _compute_sha256(path: Path) -> str | None:
    """Compute the content's SHA-256; None where there is no file any more."""
    try:
        return compute_clip_sha256(path)
    except ClipError:
        return None


def _describe(path: Path, error: OSError) -> ClipError:
    if isinstance(error, FileNotFoundError):
        return _changed(path)
    return ClipError(
        path.name,
        f"the file cannot be read ({error.strerror})",
        "give the pipeline's account the right to read it, or send it again",
        reason_code=UNREADABLE_FILE,
    )


def _changed(path: Path) -> ClipError:
    return ClipError(
        path.name,
        "the file changed while the session was being processed",
        "run the session again when all files have arrived",
        reason_code=CLIP_CHANGED,
    )
