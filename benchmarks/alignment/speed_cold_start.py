"""Aligns 60 s once and ends: what a command line waits for in a fresh process.

A program of its own, ``python -m benchmarks.alignment.speed_cold_start``; it draws no
trial, so that only numpy and the alignment itself are loaded.
"""

import numpy as np

from sportsgpt_lib.alignment.motion import KeyframeMark, Motion, ReferenceMotion
from sportsgpt_lib.alignment.motion_dtw import align_motion

_NAMES = tuple(f"angle_{number}_deg" for number in range(12))
_FRAMES, _REFERENCE_FRAMES, _RATE_HZ = 3600, 180, 60.0


def align_waves() -> int:
    """Find the first three seconds of slow waves in a minute of them; their count."""
    times_s = np.arange(_FRAMES) / _RATE_HZ
    angles_deg = 30.0 * np.sin(np.outer(times_s, 1.0 + np.sqrt(np.arange(12.0))))
    reference = ReferenceMotion(
        reference_id="first",
        motion=Motion(
            _NAMES, times_s[:_REFERENCE_FRAMES], angles_deg[:_REFERENCE_FRAMES]
        ),
        start_s=0.0,
        end_s=float(times_s[_REFERENCE_FRAMES - 1]),
        keyframes=(KeyframeMark("middle", "own", 1.5, 0.0),),
        weights=np.ones(12),
    )
    found = align_motion(Motion(_NAMES, times_s, angles_deg), [reference])
    return len(found.repetitions)


if __name__ == "__main__":
    print(align_waves())
