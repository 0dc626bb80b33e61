"""Reading one quantity at an instant or over a phase, gaps included.

A gap is never bridged silently: what cannot be read is NaN.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.kinematics.rates import compute_derivatives, unwrap_deg

FloatArray = npt.NDArray[np.float64]

# The longest gap across which a straight line is drawn, and the least that must be
# seen of a phase. Chosen, see docs/adr/0005-kismam-first-rules.md.
LONGEST_BRIDGED_GAP_S = 0.1
LEAST_SEEN_SHARE = 0.8
LEAST_PHASE_SAMPLES = 3


@dataclass(frozen=True)
class Signal:
    """One quantity of a recording.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in the clip, increasing.
    values
        The quantity ``(T,)``. NaN = missing.
    """

    times_s: FloatArray
    values: FloatArray

    @cached_property
    def rates(self) -> "Signal":
        """The rate of change per second, as ``rate_per_s`` of ``joint_kinematics``."""
        columns = unwrap_deg(self.values)[:, np.newaxis]  # (T, 1)
        found = compute_derivatives(self.times_s, columns)
        return Signal(self.times_s, found.rates_per_s[:, 0])

    def value_at(self, time_s: float) -> float:
        """Read the value at an instant by a straight line between its neighbours.

        NaN where the neighbours are further apart than the longest bridged gap, and
        outside the recording.
        """
        times_s, values = self._seen
        after = int(times_s.searchsorted(time_s))
        if after < times_s.size and times_s[after] == time_s:
            return float(values[after])
        if after in (0, times_s.size):
            return float("nan")
        gap_s = times_s[after] - times_s[after - 1]
        if gap_s > LONGEST_BRIDGED_GAP_S:
            return float("nan")
        slope = (values[after] - values[after - 1]) / gap_s
        return float(slope * (time_s - times_s[after - 1]) + values[after - 1])

    def within(self, start_s: float, end_s: float) -> "Signal":
        """Cut out a phase, ends read by ``value_at``; empty if too little is seen."""
        first = int(self.times_s.searchsorted(start_s, side="right"))
        last = int(self.times_s.searchsorted(end_s, side="left"))
        inside = slice(first, max(first, last))
        times_s = np.concatenate([[start_s], self.times_s[inside], [end_s]])
        values = np.concatenate(
            [[self.value_at(start_s)], self.values[inside], [self.value_at(end_s)]]
        )
        seen = np.isfinite(values)
        seen_count = int(np.count_nonzero(seen))
        if (
            seen_count < LEAST_PHASE_SAMPLES
            or seen_count / seen.size < LEAST_SEEN_SHARE
        ):
            return Signal(np.empty(0), np.empty(0))
        return Signal(times_s[seen], values[seen])

    @cached_property
    def _seen(self) -> tuple[FloatArray, FloatArray]:
        """Times and values of what was seen; kept, since one signal is read often."""
        seen = np.isfinite(self.values)
        return self.times_s[seen], self.values[seen]

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be read."""
        return self.times_s.size == 0
