"""Times several ways to do the same work beside each other, so that ratios hold.

Other work on a machine slows everything for a while. Ways that take turns, in another
order every round, meet the same disturbance, and the median of the rounds' ratios
leaves single interruptions out.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray

# onnxruntime's threads go on spinning for a few milliseconds after a call, which the
# way that comes next would pay for.
_PAUSE_S = 0.02


@dataclass(frozen=True)
class Timings:
    """Seconds of every way in every round, by the way's name; arrays ``(R,)``."""

    seconds: Mapping[str, FloatArray]

    def median_s(self, name: str) -> float:
        """Median time of one way."""
        return float(np.median(self.seconds[name]))

    def ratio(self, name: str, base_name: str) -> float:
        """Median over the rounds of one way's time over another's."""
        return float(np.median(self.seconds[name] / self.seconds[base_name]))


def time_side_by_side(
    ways: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Timings:
    """Call every way once to warm it up, then once in each round.

    Parameters
    ----------
    ways
        What to call, by name.
    rounds
        How often; every second round runs in the opposite order.
    clock
        ``time.process_time`` for processor time of all threads, which other work on the
        machine does not change.
    """
    for work in ways.values():
        work()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        order = list(ways) if number % 2 == 0 else list(reversed(list(ways)))
        for name in order:
            time.sleep(_PAUSE_S)
            start_s = clock()
            ways[name]()
            seconds[name].append(clock() - start_s)
    return Timings({name: np.array(values) for name, values in seconds.items()})
