"""Whole files or no files: bytes written beside, made durable, renamed into place.

Used by the lake and the stage cache. A reader sees the old content or the new one,
never half of it, whatever dies in between.
"""

import os
import secrets
import socket
from pathlib import Path

from upath import UPath

_SUFFIX = ".tmp"


def write_atomically(path: UPath, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file so that it is complete or unchanged, even after a crash.

    On a local disk: temporary file, fsync, rename, fsync of the folder; ``mode`` (less
    the umask) holds from the first byte. In an object store: one upload, which is
    atomic there.
    """
    local = to_local_path(path)
    if local is None:
        path.fs.pipe_file(path.path, content)
        return
    local.parent.mkdir(parents=True, exist_ok=True)
    sweep_abandoned(local)
    temporary = build_temporary_path(local)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(temporary, flags, mode), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(local)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(local.parent)


def to_local_path(path: UPath) -> Path | None:
    """Find the local path behind a location; None where it is not on a disk."""
    return Path(path.path) if path.protocol in ("", "file", "local") else None


def build_temporary_path(path: Path) -> Path:
    """Name a temporary file beside ``path`` that says which process writes it."""
    owner = f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(4)}"
    return path.with_name(f".{path.name}.{owner}{_SUFFIX}")


def sweep_abandoned(path: Path) -> None:
    """Delete what killed writers of this machine left beside ``path``.

    That includes what a library put beside the temporary file, such as ``.tmp.wal``.
    """
    prefix = f".{path.name}.{socket.gethostname()}."
    for leftover in path.parent.glob(f"{prefix}*{_SUFFIX}*"):
        owner_pid = leftover.name.removeprefix(prefix).split(".")[0]
        if owner_pid.isdigit() and not is_process_alive(int(owner_pid)):
            leftover.unlink(missing_ok=True)


def is_process_alive(pid: int) -> bool:
    """Whether a process with this id exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def sync_folder(folder: Path) -> None:
    """Make a rename inside ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
