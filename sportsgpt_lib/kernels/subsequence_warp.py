"""Search for a whole reference anywhere in a recording, by warping with open ends.

One step pattern, asymmetric with slopes between 1/2 and 2 (Sakoe and Chiba 1978, IEEE
Trans. ASSP 26(1):43-49, doi:10.1109/TASSP.1978.1163055, P = 1). Every reference row is
charged exactly once, so costs of different ends compare without a path length. No cell
depends on its own row, so rows run along time in tiles; the state between tiles is two
columns. Callers are in ``sportsgpt_lib/alignment``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE, COMPILE_FUSED

State = tuple[npt.NDArray[np.float32], npt.NDArray[np.int32], npt.NDArray[np.float32]]
FloatArray = npt.NDArray[np.float64]
RowArray = npt.NDArray[np.float32]
ColumnArray = npt.NDArray[np.int32]
IntArray = npt.NDArray[np.int64]

# Chosen, see docs/alignment.md: a tile of all quantities stays in the first cache.
TILE_COLUMNS = 528
# Stands for "no path": plain infinity would turn into NaN where it meets itself.
_NO_PATH = np.float32(1e30)
_ORDER = 3
_EDGE = 2
# In front of each row in work: the edge of the tile before, in the last two places of
# a register, so that the tile itself begins where registers do.
_FRONT = 16
_BLOCK = 4
_TINY = np.float32(1e-12)
# The squared length of a typical row of 24 saturated features.
_UNSEEN_SQUARE = np.float32(0.5)


@njit(**COMPILE)
def find_warped_ends(
    query_rows: FloatArray, reference_rows: FloatArray
) -> tuple[RowArray, ColumnArray]:
    """Score every query row as the end of the whole reference, by squared distances.

    ``query_rows`` (N, K) and ``reference_rows`` (M, K) are finite. Returns the total
    cost (N,), inf where the reference does not fit before the row, and the row (N,)
    where that best path starts, -1 there. Totals are in single precision, about the
    reference's mean.
    """
    row_count, quantity_count = query_rows.shape
    end_costs = np.full(row_count, np.inf, dtype=np.float32)
    starts = np.full(row_count, -1, dtype=np.int32)
    centre = np.zeros(quantity_count)
    centred = np.empty(reference_rows.shape, dtype=np.float32)
    for k in range(quantity_count):
        centre[k] = reference_rows[:, k].mean()
        for i in range(reference_rows.shape[0]):
            centred[i, k] = reference_rows[i, k] - centre[k]
    factors, factor_squares = _prepare_factors(centred)
    state = _build_state(reference_rows.shape[0])
    scratch = _build_scratch()
    tile = np.zeros((_round_up(quantity_count), TILE_COLUMNS), dtype=np.float32)
    squares = np.empty(TILE_COLUMNS, dtype=np.float32)
    for first in range(0, row_count, TILE_COLUMNS):
        count = min(TILE_COLUMNS, row_count - first)
        for n in range(count):
            for k in range(quantity_count):
                tile[k, n] = query_rows[first + n, k] - centre[k]
        _sum_squares(tile, squares)
        last = _warp_tile(
            tile, squares, factors, factor_squares, 0, first, state, scratch
        )
        for n in range(count):
            if scratch[0][last, n + _FRONT] < _NO_PATH:
                end_costs[first + n] = scratch[0][last, n + _FRONT]
                starts[first + n] = scratch[1][last, n + _FRONT]
    return end_costs, starts


@njit(**COMPILE)
def search_motion_rows(  # noqa: PLR0917 - kernels take no keywords
    rows: RowArray,
    centre: RowArray,
    spread: RowArray,
    weights: RowArray,
    reference_rows: RowArray,
    bounds: IntArray,
    charges: RowArray,
) -> tuple[RowArray, ColumnArray, ColumnArray]:
    """Score every instant as the end of the cheapest of several references.

    ``rows`` (K, N) become features as in ``compute_feature_rows``; ``reference_rows``
    holds the features of reference v in its rows ``bounds[v]`` to ``bounds[v + 1]``,
    and ``charges`` (V,) what is added to its cost. Returns the mean cost of a reference
    row (N,), inf where none fits, the column where the best path starts, and which
    reference it is, both -1 there.
    """
    row_count = rows.shape[1]
    end_costs = np.full(row_count, np.inf, dtype=np.float32)
    starts = np.full(row_count, -1, dtype=np.int32)
    chosen = np.full(row_count, -1, dtype=np.int32)
    factors, factor_squares = _prepare_factors(reference_rows)
    state = _build_state(reference_rows.shape[0])
    scratch = _build_scratch()
    tile = np.zeros((_round_up(rows.shape[0] + 1), TILE_COLUMNS), dtype=np.float32)
    squares = np.empty(TILE_COLUMNS, dtype=np.float32)
    seen = np.empty(TILE_COLUMNS, dtype=np.float32)
    for first in range(0, row_count, TILE_COLUMNS):
        count = min(TILE_COLUMNS, row_count - first)
        _fill_features(rows, first, count, centre, spread, weights, tile, squares, seen)
        _sum_squares(tile, squares)
        for v in range(bounds.size - 1):
            begin, end = bounds[v], bounds[v + 1]
            part = (state[0][begin:end], state[1][begin:end], state[2][begin:end])
            last = _warp_tile(
                tile, squares, factors, factor_squares, begin, first, part, scratch
            )
            share = np.float32(1.0 / (end - begin))
            for n in range(count):
                total = scratch[0][last, n + _FRONT]
                cost = total * share + charges[v]
                if total < _NO_PATH and cost < end_costs[first + n]:
                    end_costs[first + n] = cost
                    starts[first + n] = scratch[1][last, n + _FRONT]
                    chosen[first + n] = v
    return end_costs, starts, chosen


@njit(**COMPILE)
def _build_state(row_count: int) -> State:
    """Build what passes between tiles: totals, starts (M, 2) and costs (M,)."""
    return (
        np.full((row_count, _EDGE), _NO_PATH, dtype=np.float32),
        np.full((row_count, _EDGE), -1, dtype=np.int32),
        np.zeros(row_count, dtype=np.float32),
    )


@njit(**COMPILE)
def _build_scratch() -> State:
    """Build the rows in work: three of totals and of starts, five of costs."""
    return (
        np.full((_ORDER, _FRONT + TILE_COLUMNS), _NO_PATH, dtype=np.float32),
        np.full((_ORDER, _FRONT + TILE_COLUMNS), -1, dtype=np.int32),
        np.zeros((1 + _BLOCK, _FRONT + TILE_COLUMNS), dtype=np.float32),
    )


@njit(**COMPILE)
def _warp_tile(  # noqa: PLR0917 - kernels take no keywords
    tile: RowArray,
    squares: RowArray,
    factors: RowArray,
    factor_squares: RowArray,
    begin: int,
    first: int,
    state: State,
    scratch: State,
) -> int:
    """Carry all reference rows through one tile; return where the last row lies."""
    edge_totals, edge_starts, edge_costs = state
    totals, starts, costs = scratch
    row_count = edge_costs.size
    _begin_paths(totals[_ORDER - 1], starts[_ORDER - 1], first)
    totals[_ORDER - 2] = _NO_PATH
    for i in range(row_count):
        place = 1 + i % _BLOCK
        if place == 1:
            costs[0] = costs[_BLOCK]
            _fill_cost_block(factors, factor_squares, begin + i, tile, squares, costs)
        now, before, earlier = i % _ORDER, (i + 2) % _ORDER, (i + 1) % _ORDER
        cost = costs[place]
        cost[_FRONT - 1] = edge_costs[i]
        edge_costs[i] = cost[_FRONT + TILE_COLUMNS - 1]
        total, start = totals[now], starts[now]
        _advance(
            totals[before],
            totals[earlier],
            starts[before],
            starts[earlier],
            cost,
            costs[place - 1],
            total,
            start,
        )
        for edge in range(_EDGE):
            before_tile = _FRONT - _EDGE + edge
            total[before_tile] = edge_totals[i, edge]
            start[before_tile] = edge_starts[i, edge]
            edge_totals[i, edge] = total[before_tile + TILE_COLUMNS]
            edge_starts[i, edge] = start[before_tile + TILE_COLUMNS]
    return (row_count - 1) % _ORDER


@njit(**COMPILE)
def _begin_paths(total: RowArray, start: ColumnArray, first: int) -> None:
    """Lay a row without cost above the first: a path may begin below any column."""
    for n in range(_FRONT + TILE_COLUMNS):
        total[n] = np.float32(0.0)
        start[n] = first + n - _FRONT + 1
    if first == 0:
        total[:_FRONT] = _NO_PATH


@njit(**COMPILE_FUSED)
def _advance(  # noqa: PLR0917 - kernels take no keywords
    before: RowArray,
    earlier: RowArray,
    starts_before: ColumnArray,
    starts_earlier: ColumnArray,
    cost: RowArray,
    cost_before: RowArray,
    total: RowArray,
    start: ColumnArray,
) -> None:
    """Advance totals and starts by one row, whole vectors at a time."""
    half = np.float32(0.5)
    even_total, fast_total = before[_FRONT - 1 :], before[_FRONT - 2 :]
    even_start, fast_start = starts_before[_FRONT - 1 :], starts_before[_FRONT - 2 :]
    slow_total, slow_start = earlier[_FRONT - 1 :], starts_earlier[_FRONT - 1 :]
    here, left, above = cost[_FRONT:], cost[_FRONT - 1 :], cost_before[_FRONT:]
    new_total, new_start = total[_FRONT:], start[_FRONT:]
    for n in range(TILE_COLUMNS):
        even = even_total[n] + here[n]
        slow = slow_total[n] + above[n] + here[n]
        fast = fast_total[n] + half * (left[n] + here[n])
        s0, s1, s2 = even_start[n], slow_start[n], fast_start[n]
        s0 = s1 if slow < even else s0
        even = slow if slow < even else even
        new_start[n] = s2 if fast < even else s0
        new_total[n] = fast if fast < even else even


@njit(**COMPILE)
def _prepare_factors(reference_rows: RowArray) -> tuple[RowArray, RowArray]:
    """Take minus twice the rows (M, K), padded by 0 to blocks, and their squares.

    Blocks of quantities that are 0 in every row are left out at the end: a reference of
    which all was seen has one. At least one whole block of rows lies behind the last
    row, so that a block may begin at any of them.
    """
    row_count, quantity_count = reference_rows.shape
    used = _round_up(quantity_count)
    factors = np.zeros((row_count + _BLOCK, used), dtype=np.float32)
    squares = np.zeros(row_count + _BLOCK, dtype=np.float32)
    for i in range(row_count):
        for k in range(quantity_count):
            value = reference_rows[i, k]
            factors[i, k] = np.float32(-2.0) * value
            squares[i] += value * value
    while used > _BLOCK and not factors[:, used - _BLOCK :].any():
        used -= _BLOCK
    return np.ascontiguousarray(factors[:, :used]), squares


@njit(**COMPILE)
def _round_up(count: int) -> int:
    """Round a count up to whole blocks."""
    return (count + _BLOCK - 1) // _BLOCK * _BLOCK


@njit(**COMPILE_FUSED)
def _sum_squares(tile: RowArray, squares: RowArray) -> None:
    """Sum the squares of every column of a tile (K, T) into ``squares`` (T,)."""
    column_count = squares.size
    squares[:] = np.float32(0.0)
    for k in range(tile.shape[0]):
        values = tile[k]
        for n in range(column_count):
            squares[n] += values[n] * values[n]


@njit(**COMPILE_FUSED)
def _fill_cost_block(  # noqa: PLR0917 - kernels take no keywords
    factors: RowArray,
    squares: RowArray,
    row: int,
    tile: RowArray,
    tile_squares: RowArray,
    costs: RowArray,
) -> None:
    """Fill distances of the reference rows from ``row`` on into the last four of costs.

    ``factors`` and ``squares`` come from ``_prepare_factors``; ``tile`` (K, T) has
    whole blocks of quantities. The last T places of each row of ``costs`` are written.
    None is below 0. Exact to about 1e-7 of the squared lengths of both rows.
    """
    column_count = TILE_COLUMNS
    top, front = costs.shape[0] - _BLOCK, costs.shape[1] - column_count
    c0, c1 = costs[top, front:], costs[top + 1, front:]
    c2, c3 = costs[top + 2, front:], costs[top + 3, front:]
    s0, s1, s2, s3 = _take_four(squares, row)
    for k in range(0, factors.shape[1], _BLOCK):
        q0, q1, q2, q3 = tile[k], tile[k + 1], tile[k + 2], tile[k + 3]
        f00, f01, f02, f03 = _take_four(factors[row], k)
        f10, f11, f12, f13 = _take_four(factors[row + 1], k)
        f20, f21, f22, f23 = _take_four(factors[row + 2], k)
        f30, f31, f32, f33 = _take_four(factors[row + 3], k)
        if k == 0:
            for n in range(column_count):
                x0, x1, x2, x3 = q0[n], q1[n], q2[n], q3[n]
                square = tile_squares[n]
                c0[n] = square + s0 + f00 * x0 + f01 * x1 + f02 * x2 + f03 * x3
                c1[n] = square + s1 + f10 * x0 + f11 * x1 + f12 * x2 + f13 * x3
                c2[n] = square + s2 + f20 * x0 + f21 * x1 + f22 * x2 + f23 * x3
                c3[n] = square + s3 + f30 * x0 + f31 * x1 + f32 * x2 + f33 * x3
            continue
        for n in range(column_count):
            x0, x1, x2, x3 = q0[n], q1[n], q2[n], q3[n]
            c0[n] += f00 * x0 + f01 * x1 + f02 * x2 + f03 * x3
            c1[n] += f10 * x0 + f11 * x1 + f12 * x2 + f13 * x3
            c2[n] += f20 * x0 + f21 * x1 + f22 * x2 + f23 * x3
            c3[n] += f30 * x0 + f31 * x1 + f32 * x2 + f33 * x3
    for cost in (c0, c1, c2, c3):
        _lift(cost)


@njit(**COMPILE)
def _take_four(
    values: RowArray, first: int
) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    return values[first], values[first + 1], values[first + 2], values[first + 3]


@njit(**COMPILE)
def _lift(costs: RowArray) -> None:
    """Lift what rounding put below zero."""
    zero = np.float32(0.0)
    for n in range(costs.size):
        costs[n] = costs[n] if costs[n] > zero else zero


@njit(**COMPILE)
def compute_feature_rows(
    rows: RowArray, centre: RowArray, spread: RowArray, weights: RowArray
) -> RowArray:
    """Compute features (K + 1, N) of length below one from rows (K, N), NaN = not seen.

    ``centre``, ``spread`` and ``weights`` are (K,). What was not seen becomes 0, and
    the last feature grows with it: an instant of which nothing was seen is as far from
    a seen one as an unrelated one.
    """
    features = np.empty((rows.shape[0] + 1, rows.shape[1]), dtype=np.float32)
    squares = np.empty(rows.shape[1], dtype=np.float32)
    seen = np.empty(rows.shape[1], dtype=np.float32)
    _fill_features(
        rows, 0, rows.shape[1], centre, spread, weights, features, squares, seen
    )
    return features


@njit(**COMPILE)
def _fill_features(  # noqa: PLR0917 - kernels take no keywords
    rows: RowArray,
    first: int,
    count: int,
    centre: RowArray,
    spread: RowArray,
    weights: RowArray,
    features: RowArray,
    squares: RowArray,
    seen: RowArray,
) -> None:
    """Fill ``features`` from ``count`` columns of ``rows``; the last two are scratch.

    Each entry is centred, divided by its spread, saturated by x / sqrt(1 + x^2) and
    weighted; each instant is divided by its length plus one. An instant of which only a
    share was seen is divided by the length that the whole would have.
    """
    one = np.float32(1.0)
    zero = np.float32(0.0)
    for n in range(count):
        squares[n] = zero
        seen[n] = zero
    whole = zero
    for k in range(rows.shape[0]):
        row = rows[k, first : first + count]
        feature = features[k]
        middle, scale, weight = centre[k], one / spread[k], weights[k]
        power = weight * weight
        whole += power
        for n in range(count):
            scaled = (row[n] - middle) * scale
            saturated = weight * scaled / np.sqrt(one + scaled * scaled)
            feature[n] = saturated if saturated == saturated else zero  # noqa: PLR0124
        for n in range(count):
            squares[n] += feature[n] * feature[n]
        for n in range(count):
            seen[n] += power if row[n] == row[n] else zero
    for n in range(count):
        share = max(seen[n] / whole, _TINY)
        squares[n] = one / (np.sqrt(squares[n] / share) + one)
    for k in range(rows.shape[0]):
        feature = features[k]
        for n in range(count):
            feature[n] *= squares[n]
    blank = features[rows.shape[0]]
    for n in range(count):
        unseen = max(one - seen[n] / whole, zero)
        blank[n] = np.sqrt(_UNSEEN_SQUARE * unseen)
