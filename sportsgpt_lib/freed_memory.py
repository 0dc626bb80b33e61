"""Memory that was freed but that the process still holds, given back to the system.

The C library keeps what was freed for later, in one heap for each thread. After a clip
was decoded that is hundreds of megabytes, in heaps of threads that are gone.
"""

import ctypes
from functools import cache
from typing import Any


def give_back_freed_memory() -> None:
    """Give freed memory back; does nothing where the C library is not GNU's."""
    trim = _find_trim()
    if trim is not None:
        trim(0)


@cache
def _find_trim() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
