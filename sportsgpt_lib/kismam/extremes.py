"""Where a curve is highest or lowest in a phase, single frames' errors left out.

Which measures want an extreme is in ``measures.py``; what noise adds to one is in
``noise_bias.py``.
"""

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.extrema import Instant, refine_peak
from sportsgpt_lib.kinematics.rates import compute_frame_interval_s
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.rules import CurveKind, Extreme


def choose_curve(signal: Signal, of: CurveKind) -> Signal:
    """Choose the quantity itself or its rate."""
    return signal.rates if of == "rate" else signal


def find_extreme(
    curve: Signal, ends_s: tuple[float, float], extreme: Extreme
) -> Instant | None:
    """Find the extreme of a curve between two times; None where it is at an end.

    At an end the curve goes on rising, or falling, outside of the phase.
    """
    part = curve.within(*ends_s)
    if part.is_empty:
        return None
    sign = 1.0 if extreme == "maximum" else -1.0
    place = int(np.argmax(despike(sign * part.values)))
    if place in (0, part.values.size - 1):
        return None
    index = int(np.argmin(np.abs(curve.times_s - part.times_s[place])))
    return refine_peak(
        curve.times_s,
        sign * curve.values,
        index,
        interval_s=compute_frame_interval_s(curve.times_s),
    )


def despike(values: FloatArray) -> FloatArray:
    """Take the median of each value and its neighbours; the ends stay as they are.

    A peak that a single frame carries is more likely an error of the pose than a
    movement.
    """
    before = np.concatenate([values[:1], values[:-1]])
    after = np.concatenate([values[1:], values[-1:]])
    low, high = np.minimum(before, after), np.maximum(before, after)
    return np.asarray(np.minimum(np.maximum(values, low), high))
