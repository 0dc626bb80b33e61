"""Search for a whole reference anywhere in a recording, by classic time warping.

Classic steps (both one on, or one alone: Sakoe and Chiba 1978, IEEE Trans. ASSP
26(1):43-49, doi:10.1109/TASSP.1978.1163055, P = 0) with open begin and end. A cell
depends on its own row; the row is cut into lanes, each warped as if nothing came from
its left, then mended by what does. Paths are traced in ``classic_warping.py``. The
caller is ``alignment/paper_variant.py``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE, COMPILE_FUSED

FloatArray = npt.NDArray[np.float64]
RowArray = npt.NDArray[np.float32]

# Lanes fill a vector register of 512 bits. Chosen, see docs/alignment-paper-variant.md:
# of the tried lane lengths; a tile's rows must not lie a power of two apart, or they
# push each other out of the first cache.
LANES = 16
LANE_COLUMNS = 33
TILE_COLUMNS = LANES * LANE_COLUMNS
# Reference rows and quantities that one pass over a tile takes together.
_BLOCK = 4
# Stands for "no path": plain infinity would turn into NaN where it meets itself.
_NO_PATH = np.float32(1e30)
_ZERO = np.float32(0.0)


@njit(**COMPILE)
def find_classic_ends(
    reference_rows: FloatArray,
    query_rows: FloatArray,
    is_rooted: bool,  # noqa: FBT001 - kernels take no keywords
) -> RowArray:
    """Score every query row as the end of the whole reference.

    ``reference_rows`` (M, K) and ``query_rows`` (N, K) are finite, M, N and K at least
    one. Returns the lowest sum (N,) of distances over all paths that end there, squared
    unless ``is_rooted``. Squares are exact to about 1e-7 of the rows' squared lengths
    about the reference's mean, in float32. Memory beside the result is one tile.
    """
    row_count, quantity_count = reference_rows.shape
    column_count = query_rows.shape[0]
    centre = _compute_centre(reference_rows)
    factors, squares = _prepare_reference(reference_rows, centre)
    tile = np.zeros((factors.shape[1], TILE_COLUMNS), dtype=np.float32)
    tile_squares = np.empty(TILE_COLUMNS, dtype=np.float32)
    costs = np.empty((_BLOCK, TILE_COLUMNS), dtype=np.float32)
    totals = np.empty((4, LANES + TILE_COLUMNS), dtype=np.float32)
    edge = np.full(row_count, _NO_PATH)
    ends = np.empty(column_count, dtype=np.float32)
    for first in range(0, column_count, TILE_COLUMNS):
        _load_tile(query_rows, first, centre, tile[:quantity_count])
        _sum_squares(tile, tile_squares)
        totals[0] = _ZERO
        corner = _ZERO
        for block in range(0, row_count, _BLOCK):
            rows = factors[block : block + _BLOCK]
            _fill_costs(
                rows, squares[block : block + _BLOCK], tile, tile_squares, costs
            )
            for i in range(block, min(block + _BLOCK, row_count)):
                cost = costs[i - block]
                if is_rooted:
                    _take_roots(cost)
                left = edge[i]
                _warp_row(
                    cost, corner, left, totals[0], totals[1], totals[2], totals[3]
                )
                corner = left
                edge[i] = totals[0, LANES + TILE_COLUMNS - 1]
        _store_ends(totals[0], first, ends)
    return ends


@njit(**COMPILE)
def _compute_centre(reference_rows: FloatArray) -> FloatArray:
    """Compute the mean row (K,): squares about it lose the fewest digits."""
    row_count, quantity_count = reference_rows.shape
    centre = np.zeros(quantity_count)
    for i in range(row_count):
        for k in range(quantity_count):
            centre[k] += reference_rows[i, k] / row_count
    return centre


@njit(**COMPILE)
def _prepare_reference(
    reference_rows: FloatArray, centre: FloatArray
) -> tuple[RowArray, RowArray]:
    """Centre the rows; return minus twice them, padded to blocks, and their squares."""
    row_count, quantity_count = reference_rows.shape
    padded = ((row_count + _BLOCK - 1) // _BLOCK) * _BLOCK
    quantities = ((quantity_count + _BLOCK - 1) // _BLOCK) * _BLOCK
    factors = np.zeros((padded, quantities), dtype=np.float32)
    squares = np.zeros(padded, dtype=np.float32)
    for i in range(row_count):
        for k in range(quantity_count):
            value = np.float32(reference_rows[i, k] - centre[k])
            factors[i, k] = np.float32(-2.0) * value
            squares[i] += value * value
    return factors, squares


@njit(**COMPILE)
def _load_tile(
    query_rows: FloatArray, first: int, centre: FloatArray, tile: RowArray
) -> None:
    """Load columns into the tile (K, TILE), lane by lane; past the end they are 0."""
    column_count, quantity_count = query_rows.shape
    for lane in range(LANES):
        begin = first + lane * LANE_COLUMNS
        for n in range(LANE_COLUMNS):
            place = n * LANES + lane
            if begin + n < column_count:
                for k in range(quantity_count):
                    tile[k, place] = np.float32(query_rows[begin + n, k] - centre[k])
            else:
                for k in range(quantity_count):
                    tile[k, place] = _ZERO


@njit(**COMPILE_FUSED)
def _sum_squares(tile: RowArray, tile_squares: RowArray) -> None:
    tile_squares[:] = _ZERO
    for k in range(tile.shape[0]):
        values = tile[k]
        for place in range(TILE_COLUMNS):
            tile_squares[place] += values[place] * values[place]


@njit(**COMPILE_FUSED)
def _fill_costs(
    factors: RowArray,
    squares: RowArray,
    tile: RowArray,
    tile_squares: RowArray,
    costs: RowArray,
) -> None:
    """Fill squared distances (4, TILE) of four reference rows, rounding included.

    Four rows by four quantities in a pass: what is loaded serves four times.
    """
    c0, c1, c2, c3 = costs[0], costs[1], costs[2], costs[3]
    s0, s1, s2, s3 = _take_four(squares, 0)
    for k in range(0, tile.shape[0], _BLOCK):
        q0, q1, q2, q3 = tile[k], tile[k + 1], tile[k + 2], tile[k + 3]
        f00, f01, f02, f03 = _take_four(factors[0], k)
        f10, f11, f12, f13 = _take_four(factors[1], k)
        f20, f21, f22, f23 = _take_four(factors[2], k)
        f30, f31, f32, f33 = _take_four(factors[3], k)
        if k == 0:
            for place in range(TILE_COLUMNS):
                x0, x1, x2, x3 = q0[place], q1[place], q2[place], q3[place]
                square = tile_squares[place]
                c0[place] = square + s0 + f00 * x0 + f01 * x1 + f02 * x2 + f03 * x3
                c1[place] = square + s1 + f10 * x0 + f11 * x1 + f12 * x2 + f13 * x3
                c2[place] = square + s2 + f20 * x0 + f21 * x1 + f22 * x2 + f23 * x3
                c3[place] = square + s3 + f30 * x0 + f31 * x1 + f32 * x2 + f33 * x3
            continue
        for place in range(TILE_COLUMNS):
            x0, x1, x2, x3 = q0[place], q1[place], q2[place], q3[place]
            c0[place] += f00 * x0 + f01 * x1 + f02 * x2 + f03 * x3
            c1[place] += f10 * x0 + f11 * x1 + f12 * x2 + f13 * x3
            c2[place] += f20 * x0 + f21 * x1 + f22 * x2 + f23 * x3
            c3[place] += f30 * x0 + f31 * x1 + f32 * x2 + f33 * x3


@njit(**COMPILE)
def _take_four(
    values: RowArray, first: int
) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    return values[first], values[first + 1], values[first + 2], values[first + 3]


@njit(**COMPILE)
def _take_roots(costs: RowArray) -> None:
    for place in range(TILE_COLUMNS):
        costs[place] = np.sqrt(max(costs[place], _ZERO))


@njit(**COMPILE)
def _warp_row(  # noqa: PLR0917 - kernels take no keywords
    costs: RowArray,
    corner: np.float32,
    left: np.float32,
    totals: RowArray,
    in_lane: RowArray,
    sums: RowArray,
    from_left: RowArray,
) -> None:
    """Replace the totals of the row above by this row's, one tile wide.

    Costs that rounding put below zero are lifted. ``corner`` and ``left`` are the
    totals above and beside the tile's first column. The four long arrays hold ``LANES``
    places more in front: what is left of each lane. Every recurrence reads and writes
    one array, ``LANES`` places apart: only so does the compiler see that it may take a
    register's worth at a time.
    """
    for lane in range(LANES - 1, 0, -1):
        totals[lane] = totals[TILE_COLUMNS + lane - 1]
    totals[0] = corner
    for lane in range(LANES):
        in_lane[lane] = _NO_PATH
        sums[lane] = _ZERO
    in_lane[0] = left
    for place in range(TILE_COLUMNS):
        above, diagonal = totals[place + LANES], totals[place]
        best = above if above < diagonal else diagonal
        beside = in_lane[place]
        best = best if best < beside else beside
        cost = costs[place] if costs[place] > _ZERO else _ZERO
        in_lane[place + LANES] = best + cost
        sums[place + LANES] = sums[place] + cost
        costs[place] = cost
    level = _NO_PATH
    from_left[0] = level
    for lane in range(1, LANES):
        through = level + sums[TILE_COLUMNS + lane - 1]
        own = in_lane[TILE_COLUMNS + lane - 1]
        level = through if through < own else own
        from_left[lane] = level
    for place in range(TILE_COLUMNS):
        through = from_left[place] + costs[place]
        from_left[place + LANES] = through
        own = in_lane[place + LANES]
        totals[place + LANES] = through if through < own else own


@njit(**COMPILE)
def _store_ends(totals: RowArray, first: int, ends: RowArray) -> None:
    for lane in range(LANES):
        begin = first + lane * LANE_COLUMNS
        for n in range(min(LANE_COLUMNS, ends.size - begin)):
            ends[begin + n] = totals[LANES + n * LANES + lane]
