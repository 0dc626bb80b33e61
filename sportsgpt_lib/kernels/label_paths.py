"""Which frames carry exchanged left and right labels: the cheapest path of labels.

A pair of keypoints enters as its difference left minus right, which an exchange turns
into its negative and which otherwise moves smoothly. Lengths are in body sizes, costs
in units of log-likelihood. The caller is ``pose/swaps.py``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE
from sportsgpt_lib.kernels.pair_filters import follow

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@njit(**COMPILE)
def _predict(ahead: FloatArray, means: FloatArray, step_s: float) -> None:
    """Write into ``ahead`` (P, 4) where the means will be a step later."""
    for p in range(means.shape[0]):
        for axis in range(2):
            ahead[p, axis] = means[p, axis] + step_s * means[p, 2 + axis]
            ahead[p, 2 + axis] = means[p, 2 + axis]


@njit(**COMPILE)
def _find_cheapest(costs: FloatArray, column: int) -> int:
    """Find the first row with the smallest cost in a column."""
    best = 0
    for row in range(1, costs.shape[0]):
        if costs[row, column] < costs[best, column]:
            best = row
    return best


@njit(**COMPILE)
def _fill_costs(  # noqa: PLR0917 - kernels take no keywords
    costs: FloatArray,
    means: FloatArray,
    seen: FloatArray,
    reach: FloatArray,
    signs: FloatArray,
    weights: FloatArray,
) -> None:
    """Fill in what one frame's differences cost under every pattern, (M,).

    ``means`` (P, 4) are the predictions, ``seen`` (P, 2) the differences; the squared
    distance counts as a share of ``reach`` (P,), at most 1, times the weight (P,).
    """
    costs[:] = 0.0
    for p in range(seen.shape[0]):
        if not reach[p] < np.inf:
            continue
        x, y = seen[p, 0], seen[p, 1]
        price, most = 0.5 * weights[p] / reach[p], 0.5 * weights[p]
        plus = min(price * ((x - means[p, 0]) ** 2 + (y - means[p, 1]) ** 2), most)
        minus = min(price * ((x + means[p, 0]) ** 2 + (y + means[p, 1]) ** 2), most)
        middle, half = plus + minus, plus - minus
        for pattern in range(costs.shape[0]):
            costs[pattern] += middle + signs[p, pattern] * half


@njit(**COMPILE)
def _take_in(  # noqa: PLR0917 - kernels take no keywords
    means: FloatArray,
    seen: FloatArray,
    reach: FloatArray,
    gains: FloatArray,
    signs: FloatArray,
    is_turned: npt.NDArray[np.bool_],
) -> None:
    """Update the means (P, 4) by one frame's differences (P, 2) under signs (P,)."""
    for p in range(seen.shape[0]):
        if not np.isnan(reach[p]):
            place = (signs[p] * seen[p, 0], signs[p] * seen[p, 1])
            follow(means, p, place, (gains[p, 0], gains[p, 1]), reach[p], is_turned[p])


@njit(**COMPILE)
def trace_patterns(  # noqa: PLR0917 - kernels take no keywords
    times_s: FloatArray,
    differences: FloatArray,
    reach: FloatArray,
    gains: FloatArray,
    signs: FloatArray,
    weights: FloatArray,
    pattern_costs: FloatArray,
    switch_costs: FloatArray,
) -> IntArray:
    """Trace the cheapest path of patterns of exchange, (T,).

    ``differences`` (T, P, 2), NaN where not seen; ``gains`` come from
    ``compute_gains``; ``signs`` (P, M) are -1 where a pattern exchanges a pair; a pair
    costs its squared miss as a share of ``reach`` (T, P), at most 1, times its weight
    (P,). ``pattern_costs`` (T, M) are paid in every frame, ``switch_costs`` (M, M) on
    the way from one pattern to another; paths come from pattern 0 and return to it.
    Every pattern keeps the filter of the cheapest path that leads to it.
    """
    frame_count, pair_count = reach.shape
    pattern_count = signs.shape[1]
    origin = np.zeros((frame_count, pattern_count), dtype=np.int64)
    total = switch_costs[0].copy()
    means = np.zeros((pattern_count, pair_count, 4))
    before = np.zeros((pattern_count, pair_count, 4))
    costs = np.zeros((pattern_count, pattern_count))
    for t in range(frame_count):
        step_s = times_s[t] - times_s[t - 1] if t > 0 else 0.0
        for old in range(pattern_count):
            _predict(before[old], means[old], step_s)
            _fill_costs(
                costs[old], before[old], differences[t], reach[t], signs, weights
            )
            for new in range(pattern_count):
                costs[old, new] += total[old] + switch_costs[old, new]
        for new in range(pattern_count):
            best = _find_cheapest(costs, new)
            origin[t, new] = best
            total[new] = costs[best, new] + pattern_costs[t, new]
            means[new] = before[best]
            is_turned = signs[:, new] != signs[:, best]
            _take_in(
                means[new], differences[t], reach[t], gains[t], signs[:, new], is_turned
            )
    patterns = np.zeros(frame_count, dtype=np.int64)
    state = int(np.argmin(total + switch_costs[:, 0]))
    for t in range(frame_count - 1, -1, -1):
        patterns[t] = state
        state = origin[t, state]
    return patterns


@njit(**COMPILE)
def weigh_labels(  # noqa: PLR0917 - kernels take no keywords
    codes: IntArray,
    toggles: IntArray,
    turn_costs: FloatArray,
    toggle_cost: float,
    code_costs: FloatArray,
    switch_costs: FloatArray,
) -> FloatArray:
    """Weigh both labels of every group in every frame against each other, (T, G).

    A code (T,) has bit g set where group g is exchanged. Every path that differs from
    the codes by one of the ``toggles`` (M,), the first of which is 0, is considered; to
    begin or stop to differ costs ``toggle_cost``, and the groups' ``turn_costs`` (T, G)
    unless the path begins or ends there. A frame costs its ``code_costs`` (T, C), a
    change of code ``switch_costs`` (C, C); paths come from code 0 and return to it.
    Returns how much dearer the best path with label 1 is than the best with label 0.
    """
    frame_count, group_count = turn_costs.shape
    toggle_count = toggles.shape[0]
    forward = np.zeros((frame_count, toggle_count))
    backward = np.zeros((frame_count, toggle_count))
    for m in range(toggle_count):
        code = codes[0] ^ toggles[m]
        end_cost = toggle_cost if m > 0 else 0.0
        forward[0, m] = switch_costs[0, code] + code_costs[0, code]
        forward[0, m] += end_cost
        last_code = codes[-1] ^ toggles[m]
        backward[frame_count - 1, m] = switch_costs[last_code, 0] + end_cost
    turns = np.zeros(switch_costs.shape[0])
    for t in range(1, frame_count):
        _fill_turns(turns, turn_costs[t], toggle_cost)
        for m in range(toggle_count):
            code = codes[t] ^ toggles[m]
            best = np.inf
            for old in range(toggle_count):
                cost = forward[t - 1, old] + turns[toggles[old] ^ toggles[m]]
                cost += switch_costs[codes[t - 1] ^ toggles[old], code]
                best = min(best, cost)
            forward[t, m] = best + code_costs[t, code]
    for t in range(frame_count - 1, 0, -1):
        _fill_turns(turns, turn_costs[t], toggle_cost)
        for old in range(toggle_count):
            best = np.inf
            for m in range(toggle_count):
                code = codes[t] ^ toggles[m]
                cost = backward[t, m] + turns[toggles[old] ^ toggles[m]]
                cost += switch_costs[codes[t - 1] ^ toggles[old], code]
                best = min(best, cost + code_costs[t, code])
            backward[t - 1, old] = best
    total = forward + backward
    margins = np.zeros((frame_count, group_count))
    _compare_labels(margins, codes, toggles, total)
    return margins


@njit(**COMPILE)
def _fill_turns(turns: FloatArray, turn_costs: FloatArray, toggle_cost: float) -> None:
    """Fill in what it costs to turn every set of groups (C,), by code."""
    for code in range(1, turns.shape[0]):
        turns[code] = toggle_cost
        for group in range(turn_costs.shape[0]):
            if (code >> group) & 1:
                turns[code] += turn_costs[group]


@njit(**COMPILE)
def _compare_labels(
    margins: FloatArray, codes: IntArray, toggles: IntArray, total: FloatArray
) -> None:
    """Write how much dearer label 1 is than 0 by the totals (T, M) of paths, (T, G)."""
    for t in range(margins.shape[0]):
        for group in range(margins.shape[1]):
            as_given, exchanged = np.inf, np.inf
            for m in range(toggles.shape[0]):
                if ((codes[t] ^ toggles[m]) >> group) & 1:
                    exchanged = min(exchanged, total[t, m])
                else:
                    as_given = min(as_given, total[t, m])
            margins[t, group] = exchanged - as_given
