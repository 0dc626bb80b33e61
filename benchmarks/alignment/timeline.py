"""Joins stretches of movement into one recording, with smooth blends in between.

What a stretch holds (angles or places of joints) and where it comes from is up to
``recordings.py`` and ``jumps.py``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray

Sampler = Callable[[FloatArray], FloatArray]

LEAST_BLEND_S, MOST_BLEND_S = 0.3, 0.7


@dataclass(frozen=True)
class Truth:
    """Where one repetition really is; keyframes in the order of their names."""

    start_s: float
    end_s: float
    keyframe_times_s: FloatArray


@dataclass(frozen=True)
class Piece:
    """A stretch of ``duration_s``; ``sample`` takes times ``(N,)`` from its start.

    It gives values ``(N, …)``. ``truth`` is the wanted repetition in it, in the same
    time, where there is one.
    """

    duration_s: float
    sample: Sampler
    truth: Truth | None = None


def join_pieces(
    chance: np.random.Generator, pieces: Sequence[Piece], times_s: FloatArray
) -> tuple[FloatArray, tuple[Truth, ...]]:
    """Join pieces one after the other, sampled at ``times_s`` ``(T,)``.

    A blend leads from each piece's last value to the next one's first. The first piece
    starts at 0; pieces after the last of ``times_s`` are lost.

    Returns
    -------
    The values ``(T, …)`` and the truths, in the recording's time.
    """
    values = np.full((times_s.size, *pieces[0].sample(np.zeros(1)).shape[1:]), np.nan)
    truths = []
    start_s = 0.0
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        end_s = start_s + piece.duration_s
        is_in = (times_s >= start_s) & (times_s <= end_s)
        values[is_in] = piece.sample(times_s[is_in] - start_s)
        if piece.truth is not None:
            truths.append(_shift(piece.truth, start_s))
        if following is None:
            break
        blend_s = float(chance.uniform(LEAST_BLEND_S, MOST_BLEND_S))
        is_blend = (times_s > end_s) & (times_s < end_s + blend_s)
        values[is_blend] = _blend(
            piece, following, (times_s[is_blend] - end_s) / blend_s
        )
        start_s = end_s + blend_s
    return values, tuple(truths)


def _blend(piece: Piece, following: Piece, shares: FloatArray) -> FloatArray:
    """Lead from one piece to the next, without a jump in speed from standing."""
    last = piece.sample(np.array([piece.duration_s]))
    first = following.sample(np.zeros(1))
    weights = shares**2 * (3.0 - 2.0 * shares)
    return np.asarray(
        last + weights.reshape(-1, *(1,) * (last.ndim - 1)) * (first - last)
    )


def _shift(truth: Truth, by_s: float) -> Truth:
    return Truth(
        truth.start_s + by_s, truth.end_s + by_s, truth.keyframe_times_s + by_s
    )
