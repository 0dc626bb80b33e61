"""How well a path of differences fits, or its negative, from one frame to the next.

Lengths are in body sizes. The caller is ``pose/swaps.py``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE

FloatArray = npt.NDArray[np.float64]


@njit(**COMPILE)
def score_turns(  # noqa: PLR0917 - kernels take no keywords
    times_s: FloatArray,
    before: FloatArray,
    before_covariance: FloatArray,
    after: FloatArray,
    after_covariance: FloatArray,
    cap: float,
    apart: float,
    glance_s: float,
) -> FloatArray:
    """Score how much worse before and after fit if the sign turns between, (T, P).

    ``before`` (T, P, 4) is the filter's state after each frame, ``after`` that of the
    filter that comes from the end; their covariances are those of ``follow_path``,
    inf where nothing is known. Row t compares the states of frames t - 1 and t, half
    way between them; a fit counts in squared standard deviations up to ``cap``, and the
    scores are shares of it. A pair nearer than ``apart``, now and ``glance_s`` away,
    tells less.
    """
    frame_count, pair_count, _ = before.shape
    scores = np.zeros((frame_count, pair_count))
    for t in range(1, frame_count):
        half_s = 0.5 * (times_s[t] - times_s[t - 1])
        for p in range(pair_count):
            first, last = before_covariance[t - 1, p], after_covariance[t, p]
            speed = first[2] + last[2]
            cross = first[1] + last[1] + half_s * (first[2] - last[2])
            place = first[0] + last[0] + 2.0 * half_s * (first[1] - last[1])
            place += half_s * half_s * speed
            determinant = place * speed - cross * cross
            if not (place < np.inf and determinant > 0.0):
                continue
            plus, minus, early, late = 0.0, 0.0, 0.0, 0.0
            for axis in range(2):
                rate, next_rate = before[t - 1, p, 2 + axis], after[t, p, 2 + axis]
                here = before[t - 1, p, axis] + half_s * rate
                there = after[t, p, axis] - half_s * next_rate
                early += here * here + (glance_s * rate) ** 2
                late += there * there + (glance_s * next_rate) ** 2
                for sign in (-1.0, 1.0):
                    miss, slip = here + sign * there, rate + sign * next_rate
                    fit = speed * miss * miss - 2.0 * cross * miss * slip
                    fit = (fit + place * slip * slip) / determinant
                    if sign < 0.0:
                        plus += fit
                    else:
                        minus += fit
            # Where neither sign fits, the model is off and the difference tells less.
            trust = cap / (cap + min(plus, minus))
            trust *= min(np.sqrt(early * late) / apart**2, 1.0)
            scores[t, p] = max(min(trust * (minus - plus) / cap, 1.0), -1.0)
    return scores
