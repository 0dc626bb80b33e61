"""Reads the text of a movement folder's files; what cannot be read becomes a problem.

What the text says is checked in ``loader.py`` and ``matrices.py``.
"""

from pathlib import Path


def read_text(path: Path) -> tuple[str, str | None]:
    """Read a file of UTF-8, with or without a byte order mark.

    Returns
    -------
    The text, and what is wrong with the file in words; None = nothing.
    """
    try:
        return path.read_bytes().decode("utf-8-sig"), None
    except OSError as error:
        why = error.strerror or type(error).__name__
        return "", f"{path.name}: cannot be read ({why}). Fix: put the file there"
    except UnicodeDecodeError:
        return "", (
            f"{path.name}: cannot be read (it is no UTF-8 text). Fix: save it once "
            "more with the encoding UTF-8"
        )
