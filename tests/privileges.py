"""Work without root's rights, for tests of what may not be read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = 65534
_REACHABLE = 0o055


@contextmanager
def without_privileges(folder: Path) -> Iterator[None]:
    """Work as a user who owns nothing and may only reach the folder."""
    if os.geteuid() != 0:
        yield
        return
    paths = (folder, *folder.parents)
    modes = {path: path.stat().st_mode for path in paths}
    modes = {p: mode for p, mode in modes.items() if mode & _REACHABLE != _REACHABLE}
    for path, mode in modes.items():
        path.chmod(mode | _REACHABLE)
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        for path, mode in modes.items():
            path.chmod(mode)
