import ctypes
import subprocess
import sys

import pytest

_FREE_BETWEEN_KEPT = """
from pathlib import Path
from sportsgpt_lib.freed_memory import give_back_freed_memory

def read_resident_mib():
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024

blocks = [b"x" * 60_000 for _ in range(4_000)]
del blocks[:-1]
held_mib = read_resident_mib()
give_back_freed_memory()
print(held_mib - read_resident_mib())
"""


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"),
    reason="only GNU's C library can give memory back",
)
def test_freed_memory_below_a_kept_block_is_given_back():
    done = subprocess.run(
        [sys.executable, "-c", _FREE_BETWEEN_KEPT],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert float(done.stdout) > 150
