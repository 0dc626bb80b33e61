"""Compile the alignment's kernels ahead, so that no command waits for them.

``scripts/install`` runs this once: ``python -m sportsgpt_lib.alignment.warm_up``. The
compiled code lies beside the source, or where ``NUMBA_CACHE_DIR`` says; an image that
is read-only at run time should be built with it.
"""

import numpy as np

from sportsgpt_lib.alignment.motion import KeyframeMark, Motion, ReferenceMotion
from sportsgpt_lib.alignment.motion_dtw import align_motion
from sportsgpt_lib.kernels.motion_rows import fill_gaps
from sportsgpt_lib.kinematics.rates import compute_derivatives

_FRAME_RATE_HZ = 30.0
_FRAME_COUNT = 150
_CYCLE_FRAMES = 40


def compile_kernels() -> None:
    """Align a made-up motion, which compiles every kernel on the way."""
    times_s = np.arange(_FRAME_COUNT) / _FRAME_RATE_HZ
    phases = np.array([0.0, 1.0, 2.0])
    turns = 2.0 * np.pi * np.arange(_FRAME_COUNT) / _CYCLE_FRAMES
    angles_deg = 30.0 * np.sin(turns[:, np.newaxis] + phases)
    angles_deg[5, 0] = np.nan
    motion = Motion(("hip", "knee", "ankle"), times_s, angles_deg)
    end_s = _CYCLE_FRAMES / _FRAME_RATE_HZ
    marks = (KeyframeMark("middle", "own", end_s / 2.0, 0.0),)
    reference = ReferenceMotion("warm-up", motion, 0.0, end_s, marks, np.ones(3))
    align_motion(motion, [reference])
    fill_gaps(times_s, angles_deg, 0.1, 0.5)
    compute_derivatives(times_s, angles_deg)


if __name__ == "__main__":
    compile_kernels()
