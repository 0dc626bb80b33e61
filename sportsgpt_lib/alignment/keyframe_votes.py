"""Keyframes of one repetition: the median of what the references say, and its error.

Each reference's warp comes from ``fine_warp.py``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sportsgpt_lib.alignment.fine_warp import FineWarp
from sportsgpt_lib.alignment.motion import KeyframeMark, Leg, ReferenceMotion
from sportsgpt_lib.kinematics.extrema import FRAME_INTERVAL_TO_ERROR, Instant
from sportsgpt_lib.robust_spread import MEDIAN_TO_SD

# Chosen, see docs/alignment.md: what the warp's own error misses, as a share of the
# repetition: people's style, and the part of the jitter that is slow.
STYLE_ERROR_SHARE = 0.003
NOISE_ERROR_SHARE = 0.023
WARP_ERROR_SCALE = 0.8
# Chosen: how far people differ at a keyframe of which the reference does not say it.
# Walking's source says 2 % of a stride (docs/references.md), jumps show 0.8 to 1.2 %.
UNKNOWN_SPREAD_SHARE = 0.012


@dataclass(frozen=True)
class _Vote:
    """Where one reference puts a keyframe, how well it fits, how far people differ."""

    time_s: float
    fit_error_s: float
    spread_s: float


def vote_keyframes(
    votes: Sequence[tuple[ReferenceMotion, FineWarp]],
    noise_ratio: float,
    frame_interval_s: float,
) -> dict[tuple[str, Leg], Instant]:
    """Place every keyframe at the median of the votes.

    Parameters
    ----------
    votes
        Each reference that sees the repetition, and its warp; the best one first.
    noise_ratio
        Jitter of the recording over the spread of the angles.
    frame_interval_s
        Median frame interval of the recording.

    Returns
    -------
    Each keyframe that some reference marks. Its error holds what the warp leaves open,
    the style of people, the spread of the votes and of the mark, and the frame rate.
    """
    said: dict[tuple[str, Leg], list[_Vote]] = {}
    for reference, warp in votes:
        for mark in reference.keyframes:
            vote = _cast_vote(reference, warp, mark, noise_ratio)
            said.setdefault((mark.name, mark.leg), []).append(vote)
    return {key: _join_votes(cast, frame_interval_s) for key, cast in said.items()}


def _cast_vote(
    reference: ReferenceMotion, warp: FineWarp, mark: KeyframeMark, noise_ratio: float
) -> _Vote:
    duration_s = warp.end_s - warp.start_s
    spread_share = mark.spread_s / reference.duration_s
    if math.isnan(spread_share):
        spread_share = UNKNOWN_SPREAD_SHARE
    fit_error_s = math.hypot(
        WARP_ERROR_SCALE * warp.find_error_s(mark.time_s),
        STYLE_ERROR_SHARE * duration_s,
        NOISE_ERROR_SHARE * noise_ratio * duration_s,
    )
    return _Vote(
        warp.find_time_s(mark.time_s),
        fit_error_s,
        spread_share * duration_s,
    )


def _join_votes(votes: Sequence[_Vote], frame_interval_s: float) -> Instant:
    """Join votes at their median.

    The error of the fit shrinks with votes; how the athlete differs from everybody does
    not, for all references miss it alike.
    """
    times_s = [vote.time_s for vote in votes]
    time_s = median(times_s)
    error_s = math.hypot(
        median([vote.fit_error_s for vote in votes]) / math.sqrt(len(votes)),
        MEDIAN_TO_SD * median([abs(other_s - time_s) for other_s in times_s]),
        sum(vote.spread_s for vote in votes) / len(votes),
        FRAME_INTERVAL_TO_ERROR * frame_interval_s,
    )
    return Instant(time_s, error_s)
