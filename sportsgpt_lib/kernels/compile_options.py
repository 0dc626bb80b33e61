"""How every kernel is compiled: one set of options, in one place.

No kernel lives here. ``fastmath`` stays off: with it the compiler may drop tests for
NaN, and NaN is how a missing joint is written.
"""

import os
from pathlib import Path
from typing import Any


def _has_cache_home() -> bool:
    """Tell whether numba finds a private folder to keep compiled code in.

    Compiled code goes beside the source, as ``.pyc`` files do, or into the user's own
    cache folder. Where neither can be written (a read-only image) the kernels are
    compiled in every process instead of failing at import.
    """
    if os.environ.get("NUMBA_CACHE_DIR"):
        return True
    beside_source = Path(__file__).parent
    cache_folder = beside_source / "__pycache__"
    folder = cache_folder if cache_folder.exists() else beside_source
    return os.access(folder, os.W_OK) or os.access(Path.home(), os.W_OK)


COMPILE: dict[str, Any] = {
    "cache": _has_cache_home(),
    "fastmath": False,
    "nogil": True,
    "error_model": "numpy",
}

# For sums of products only: a product may be added without being rounded first, which
# is more exact and twice as fast. NaN and the order of sums stay as they are.
COMPILE_FUSED: dict[str, Any] = {**COMPILE, "fastmath": {"contract"}}
