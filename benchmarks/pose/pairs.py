"""Times several ways to do the same work beside each other, so that ratios hold.

Other work on a machine slows everything for a while. Ways that take turns, in another
order every round, meet the same disturbance, and the median of the rounds' ratios
leaves single interruptions out. By the clock, rounds in which other processes kept the
cores busy are measured anew.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sportsgpt_lib.arrays import FloatArray

# onnxruntime's threads go on spinning for a few milliseconds after a call, which the
# way that comes next would pay for.
_PAUSE_S = 0.02
# A round is quiet while other processes take less than this much of one core.
_QUIET_CORES = 0.15
_MOST_ROUNDS_FACTOR = 4
# Columns of the first line of /proc/stat, in ticks: user, nice, system, irq, softirq
# and steal. Source: proc_stat(5).
_BUSY_COLUMNS = (1, 2, 3, 6, 7, 8)


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


@dataclass(frozen=True)
class ClockedTimings:
    """The same rounds by the clock and in processor time of all threads.

    ``other_cores`` is the mean number of cores that other processes kept busy.
    """

    wall: Timings
    processor: Timings
    other_cores: float


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
    found = [_run_round(ways, number, (clock,)) for number in range(rounds)]
    return _collect(ways, found, 0)


def time_by_the_clock(
    ways: Mapping[str, Callable[[], object]], rounds: int
) -> ClockedTimings:
    """Call every way once to warm it up, then once in each round, by the clock.

    Rounds go on until so many were quiet, to four times as many at most; the quietest
    are kept.
    """
    for work in ways.values():
        work()
    found: list[tuple[float, _Round]] = []
    for number in range(_MOST_ROUNDS_FACTOR * rounds):
        start_s, start_other_s = time.perf_counter(), _read_other_seconds()
        seconds = _run_round(ways, number, (time.perf_counter, time.process_time))
        other_s = _read_other_seconds() - start_other_s
        found.append((other_s / (time.perf_counter() - start_s), seconds))
        if sum(cores < _QUIET_CORES for cores, _ in found) == rounds:
            break
    kept = sorted(found, key=lambda pair: pair[0])[:rounds]
    quietest = [seconds for _, seconds in kept]
    return ClockedTimings(
        _collect(ways, quietest, 0),
        _collect(ways, quietest, 1),
        float(np.mean([cores for cores, _ in kept])),
    )


_Round = Mapping[str, tuple[float, ...]]


def _run_round(
    ways: Mapping[str, Callable[[], object]],
    number: int,
    clocks: tuple[Callable[[], float], ...],
) -> _Round:
    """Call every way once; its seconds by each clock."""
    order = list(ways) if number % 2 == 0 else list(reversed(list(ways)))
    seconds = {}
    for name in order:
        time.sleep(_PAUSE_S)
        starts_s = [clock() for clock in clocks]
        ways[name]()
        stops_s = [clock() for clock in clocks]
        seconds[name] = tuple(np.subtract(stops_s, starts_s).tolist())
    return seconds


def _collect(ways: Mapping[str, object], found: list[_Round], place: int) -> Timings:
    return Timings({name: np.array([r[name][place] for r in found]) for name in ways})


def _read_other_seconds() -> float:
    """Processor time that all other processes have taken since the machine started."""
    columns = Path("/proc/stat").read_text().splitlines()[0].split()
    busy = sum(int(columns[column]) for column in _BUSY_COLUMNS)
    own = os.times()
    return busy / os.sysconf("SC_CLK_TCK") - own.user - own.system
