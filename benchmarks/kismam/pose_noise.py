"""Errors of made-up pose data: as large, and as quick, as the product states them.

Half of the variance of a quantity's error lasts for the whole recording, half passes.
How fast it passes follows from the stated error of the quantity's rate: quicker errors
would make worse rates than a network's jitter does.
"""

import functools

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.kinematics.rates import compute_derivatives

FloatArray = npt.NDArray[np.float64]

# Chosen, see docs/adr/0013-calibration.md. The same as in noise_bias.py, and not taken
# from there: another truth can be tried here against what the product assumes.
LASTING_SHARE = 0.5
# Between knots an error runs in a straight line; the shortest time between them is the
# time constant of the filter.
_SHORTEST_KNOT_S, _LONGEST_KNOT_S = 0.06, 0.5
# Between knots the mean of two errors is smaller: on average 2 / 3 in variance.
_KNOT_GAIN = float(np.sqrt(1.5))
# Rate errors are stated for 60 and 120 Hz, the larger of the two.
_STATED_AT_HZ = 120.0
_TRIAL_S, _SEED = 120.0, 20261121


def draw_passing(
    times_s: FloatArray, knot_s: float, generator: np.random.Generator
) -> FloatArray:
    """Draw an error ``(T,)`` of variance 1 that passes from knot to knot."""
    start_s = times_s[0] - knot_s * generator.random()
    knots_s = np.arange(start_s, times_s[-1] + 2.0 * knot_s, knot_s)
    drawn = generator.normal(size=knots_s.size)
    return np.asarray(_KNOT_GAIN * np.interp(times_s, knots_s, drawn))


def find_knot_s(error: float, rate_error: float | None) -> float:
    """Find the time between knots at which an error has the stated error of its rate.

    ``error`` is that of the quantity, whose passing part alone has a rate; None = the
    quantity has no rate.
    """
    if rate_error is None:
        return _SHORTEST_KNOT_S
    knots_s, rates = _measure_rates()
    wanted = rate_error / (error * np.sqrt(1.0 - LASTING_SHARE))
    return float(np.interp(-wanted, -rates, knots_s))


@functools.cache
def _measure_rates() -> tuple[FloatArray, FloatArray]:
    """Measure the rate's error of a passing error of 1, by the time between knots."""
    knots_s = np.geomspace(_SHORTEST_KNOT_S, _LONGEST_KNOT_S, 16)
    times_s = np.arange(0.0, _TRIAL_S, 1.0 / _STATED_AT_HZ)
    rates = [
        compute_derivatives(
            times_s,
            draw_passing(times_s, knot_s, np.random.default_rng(_SEED))[:, None],
        ).rates_per_s.std()
        for knot_s in knots_s
    ]
    return knots_s, np.array(rates)
