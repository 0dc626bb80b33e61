"""Prints how far each of three alignments drove the process's peak memory, in bytes.

A program of its own, ``python -m benchmarks.alignment.speed_memory FRAMES``: the peak
of resident memory is set back before each call (``clear_refs``), freed memory is given
back to the system first, and what the recording itself holds is not counted.
"""

import ctypes
import gc
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.alignment.scoring import build_reference
from benchmarks.alignment.speed import draw_recording
from benchmarks.pose.peak_memory import read_peak_bytes
from sportsgpt_lib.alignment.motion import Motion
from sportsgpt_lib.alignment.motion_dtw import align_motion

_CALL_COUNT = 3
# Sets VmHWM back to what is held now. Source: proc_pid_clear_refs(5).
_RESET_PEAK = "5"


def measure_peak_growth_bytes(work: Callable[[], object]) -> int:
    """Measure how far above what is held now a call drives resident memory."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text(_RESET_PEAK, encoding="ascii")
    before = read_peak_bytes()
    work()
    return read_peak_bytes() - before


def measure_alignment_bytes(frame_count: int) -> list[int]:
    """Measure the growth of the peak in each of three calls, after one to warm up."""
    trial = draw_recording(frame_count)
    reference = build_reference(trial, trial.performers[0])
    motion = Motion(trial.names, trial.times_s, trial.angles_deg)
    align_motion(motion, [reference])
    return [
        measure_peak_growth_bytes(lambda: align_motion(motion, [reference]))
        for _ in range(_CALL_COUNT)
    ]


if __name__ == "__main__":
    for growth in measure_alignment_bytes(int(sys.argv[1])):
        print(growth)
