"""Whether probabilities are as often true as they say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.kismam.scoring import Cases

FloatArray = npt.NDArray[np.float64]

BINS = 10
# Where nothing deviates the probability is 0 and right; only the rest can be wrong.
LEAST_SPOKEN = 0.02


@dataclass(frozen=True)
class CalibrationPairs:
    """Probabilities ``(N,)`` of issues and whether the issue was there, 0 or 1."""

    probability: FloatArray
    is_there: FloatArray

    def keep_spoken(self) -> "CalibrationPairs":
        """Keep the probabilities above 0.02: issues of which something is said."""
        kept = self.probability > LEAST_SPOKEN
        return CalibrationPairs(self.probability[kept], self.is_there[kept])


@dataclass(frozen=True)
class ReliabilityBin:
    """How often the issues of one bin of probabilities were there."""

    low: float
    high: float
    count: int
    probability: float
    frequency: float


def list_calibration_pairs(cases: Cases) -> CalibrationPairs:
    """List the issues that view and frame rate allow to report."""
    probability = cases.found.issues.probability
    is_there = np.zeros_like(probability)
    rows = np.flatnonzero(~cases.is_clean)
    is_there[rows, cases.fault[rows]] = 1.0
    kept = np.isfinite(probability) & cases.can_be_reported
    return CalibrationPairs(probability[kept], is_there[kept])


def join_pairs(parts: Sequence[CalibrationPairs]) -> CalibrationPairs:
    """Join the pairs of several movements, each pair counting alike."""
    return CalibrationPairs(
        np.concatenate([part.probability for part in parts]),
        np.concatenate([part.is_there for part in parts]),
    )


def compute_calibration_error(pairs: CalibrationPairs, bins: int = BINS) -> float:
    """Compute the expected calibration error over equally wide bins.

    Source
    ------
    Guo C, Pleiss G, Sun Y, Weinberger KQ (2017) On calibration of modern neural
    networks. Proceedings of Machine Learning Research 70:1321-1330, equation 3.
    """
    return sum(
        abs(part.probability - part.frequency) * part.count
        for part in list_reliability(pairs, bins)
    ) / max(pairs.probability.size, 1)


def list_reliability(
    pairs: CalibrationPairs, bins: int = BINS
) -> Iterator[ReliabilityBin]:
    """List the bins that hold anything, from 0 to 1."""
    place = np.minimum((pairs.probability * bins).astype(int), bins - 1)
    for index in np.unique(place):
        inside = place == index
        yield ReliabilityBin(
            low=float(index / bins),
            high=float((index + 1) / bins),
            count=int(inside.sum()),
            probability=float(pairs.probability[inside].mean()),
            frequency=float(pairs.is_there[inside].mean()),
        )
