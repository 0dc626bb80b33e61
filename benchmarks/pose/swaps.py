"""How many exchanged labels are found, and how many right ones are taken for wrong.

Swaps are put into poses that are right as labelled: 1 to 35 % of the frames, single
frames and bursts of 3 to 15 frames or up to half a second, of the whole body, legs
with and without hips, arms with and without shoulders. Places and confidence change
sides. Recall is the share of cells, a frame of one of the five groups, in which an
exchange that matters (``swap_clips.find_apart``) is found; beside it stand the recall
where the network also believes both points, and that over all cells. False repairs are
the share of frames without an injected swap in which any group is touched, apart or
not. The swaps that the network itself made on the real clips are counted by themselves,
on the poses as they came.

The constants of the search were chosen on the jumper, the walker and the beam seen from
in front, with draws 0 to 2, and on the BMC walks and run; all else is for report only,
and so are the draws used here.
"""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from benchmarks.figures import Figure
from benchmarks.pose.motions import Motion, find_shared_data, load_motions
from benchmarks.pose.side_camera import SightRules, film_from_side, see_with_network
from benchmarks.pose.swap_clips import (
    Take,
    draw_frames,
    exchange,
    find_apart,
    load_takes,
)
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.swap_groups import GROUP_OF_PAIR, LEFT, RIGHT, SWAP_GROUPS
from sportsgpt_lib.pose.swaps import SwapFindings, find_swaps

BoolArray = npt.NDArray[np.bool_]

SHARES_PCT = (1, 5, 10, 20, 35)
SEEDS = (31, 32, 33)
KINDS = {
    "whole body": SWAP_GROUPS,
    "legs": ("legs",),
    "legs and hips": ("hips", "legs"),
    "arms": ("arms",),
    "arms and shoulders": ("shoulders", "arms"),
}
FRAME_RATES_HZ = (30.0, 60.0, 120.0, 240.0)
TUNED_ON = ("jumper", "walker", "beam, in front")
MUST_RECALL_RATIO = 0.98
MUST_FALSE_PCT = 0.2
_LONG_CLIP_FRAMES = 18_000
_AIM_MS = 50.0
_REPEATS = 9
_BIN_COUNT = 20
# Groups of which the BMC walks hold no marker; their trunk is upright by invention.
_NOT_IN_WALKS = ("head", "shoulders", "arms")

# Found and there among cells that matter, that are believed too, and among all; then
# false and clean frames.
_Counts = dict[str, npt.NDArray[np.float64]]


def measure() -> list[Figure]:
    """Measure recall and false repairs, beside a naive rule, and the time taken."""
    motions = load_motions(find_shared_data())
    real = load_takes()
    parts = {
        "real poses": real,
        "real clips not tuned on": [t for t in real if t.name not in TUNED_ON],
        "mocap tuned on": _film_all(m for m in motions if m.name.startswith("bmc")),
        "mocap not tuned on": _film_all(
            m for m in motions if not m.name.startswith("bmc")
        ),
    }
    figures = list(_measure_own_swaps(real))
    for part, takes in parts.items():
        figures += _measure_part(part, takes)
    return [*figures, _measure_time(real[-1])]


def _film_all(motions: Iterator[Motion]) -> list[Take]:
    rules = replace(SightRules(), swaps_per_s=0.0)
    takes = []
    for motion in motions:
        for frame_rate_hz in FRAME_RATES_HZ:
            truth = film_from_side(motion, frame_rate_hz)
            seen = see_with_network(truth, seed=1, rules=rules).sequence
            is_counted = np.ones((seen.times_s.size, len(SWAP_GROUPS)), dtype=bool)
            if motion.name.startswith("bmc_walk"):
                is_counted[:, [SWAP_GROUPS.index(name) for name in _NOT_IN_WALKS]] = (
                    False
                )
            takes.append(
                Take(
                    motion.name,
                    seen.times_s,
                    seen.positions_px,
                    seen.confidence,
                    is_counted,
                    np.zeros_like(is_counted),
                )
            )
    return takes


def _measure_own_swaps(takes: list[Take]) -> Iterator[Figure]:
    counts: _Counts = {}
    for take in takes:
        as_came = exchange(take, take.is_own_swap)
        found = _search(as_came).is_swapped
        _add(counts, ["all"], _count(take, found, take.is_own_swap))
    recall, *_, false = _summarize(counts["all"])
    title = "real poses, the network's own swaps"
    yield Figure(
        f"{title}: recall", recall, "ratio", must=MUST_RECALL_RATIO, is_at_least=True
    )
    yield Figure(f"{title}: cells", float(counts["all"][1]), "cells")
    yield Figure(
        f"{title}: false repairs", false, "% of clean frames", must=MUST_FALSE_PCT
    )


def _measure_part(part: str, takes: list[Take]) -> Iterator[Figure]:
    ours: _Counts = {}
    naive: _Counts = {}
    answers: list[tuple[FloatArray, BoolArray]] = []
    for take in takes:
        for kind in KINDS:
            for share_pct in (0, *SHARES_PCT):
                for seed in SEEDS if share_pct else SEEDS[: kind == "whole body"]:
                    swapped, is_swapped = _put_in(take, kind, share_pct, seed)
                    found = _search(swapped)
                    keys = ["all", take.name, f"{share_pct} % of frames", kind]
                    _add(ours, keys, _count(take, found.is_swapped, is_swapped))
                    nearest = _follow_nearest(swapped)
                    _add(naive, keys[:1], _count(take, nearest, is_swapped))
                    told = take.is_counted & find_apart(take)
                    told &= is_swapped | found.is_swapped
                    is_right = found.is_swapped == is_swapped
                    answers.append((found.certainty[told], is_right[told]))
    for key, cells in ours.items():
        has_limit = key == "all" and part.startswith("real")
        yield from _describe(f"{part}, {key}", cells, has_limit=has_limit)
    yield from _describe(f"{part}, nearest to last frame", naive["all"])
    yield Figure(
        f"{part}: certainty less share right, where a swap is or was seen",
        _measure_calibration_error(answers),
        "ratio",
    )


def _describe(
    title: str, cells: npt.NDArray[np.float64], *, has_limit: bool = False
) -> Iterator[Figure]:
    recall, recall_believed, recall_all, false = _summarize(cells)
    if cells[1]:
        yield Figure(
            f"{title}: recall",
            recall,
            "ratio",
            must=MUST_RECALL_RATIO if has_limit else None,
            is_at_least=True,
        )
        yield Figure(f"{title}: recall, believed", recall_believed, "ratio")
        yield Figure(f"{title}: recall, all cells", recall_all, "ratio")
    yield Figure(
        f"{title}: false repairs",
        false,
        "% of clean frames",
        must=MUST_FALSE_PCT if has_limit else None,
    )


def _summarize(cells: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Give the three recalls and the share of false frames in percent."""
    shares = cells[0::2] / np.maximum(cells[1::2], 1)
    return (*map(float, shares[:3]), float(100 * shares[3]))


def _search(take: Take) -> SwapFindings:
    return find_swaps(take.times_s, take.positions_px, take.confidence)


def _put_in(take: Take, kind: str, share_pct: int, seed: int) -> tuple[Take, BoolArray]:
    groups = np.array([SWAP_GROUPS.index(name) for name in KINDS[kind]])
    chance = np.random.default_rng([seed, share_pct, list(KINDS).index(kind)])
    frames = draw_frames(chance, take.times_s, share_pct / 100)
    is_swapped = np.zeros((take.times_s.size, len(SWAP_GROUPS)), dtype=bool)
    is_swapped[np.ix_(frames, groups)] = True
    return exchange(take, is_swapped), is_swapped


def _count(
    take: Take, found: BoolArray, is_swapped: BoolArray
) -> npt.NDArray[np.float64]:
    matters = is_swapped & take.is_counted & find_apart(take)
    counted = is_swapped & take.is_counted
    is_clean = take.is_counted.any(axis=1) & ~is_swapped.any(axis=1)
    is_touched = (found & take.is_counted).any(axis=1)
    believed = counted & find_apart(take, is_belief_asked=True)
    masks = [
        mask for told in (matters, believed, counted) for mask in (found & told, told)
    ]
    frames = (is_touched & is_clean, is_clean)
    return np.array([np.count_nonzero(m) for m in (*masks, *frames)], dtype=np.float64)


def _add(table: _Counts, keys: list[str], cells: npt.NDArray[np.float64]) -> None:
    for key in keys:
        table[key] = table.get(key, 0.0) + cells


def _follow_nearest(take: Take) -> BoolArray:
    """Label every frame so that its points lie nearest to the frame before."""
    between = take.positions_px[:, LEFT] - take.positions_px[:, RIGHT]
    products = (between[1:] * between[:-1]).sum(axis=2)  # < 0: nearer when exchanged
    labels = np.zeros((take.times_s.size, len(SWAP_GROUPS)), dtype=bool)
    for group in range(len(SWAP_GROUPS)):
        turns = np.nansum(products[:, group == GROUP_OF_PAIR], axis=1) < 0
        labels[1:, group] = np.cumsum(turns) % 2 == 1
    return np.asarray(labels ^ (labels.mean(axis=0) > 1 / 2))


def _measure_calibration_error(answers: list[tuple[FloatArray, BoolArray]]) -> float:
    """Measure the expected calibration error, over equal bins from 0.5 to 1."""
    certainty, is_right = (
        np.concatenate([pair[side] for pair in answers]) for side in (0, 1)
    )
    bins = np.minimum((certainty - 0.5) * 2 * _BIN_COUNT, _BIN_COUNT - 1).astype(int)
    gaps = np.bincount(bins, weights=certainty - is_right, minlength=_BIN_COUNT)
    return float(np.abs(gaps).sum() / certainty.size)


def _measure_time(take: Take) -> Figure:
    """Time a clip of 18,000 frames, made of one take again and again."""
    repeats = -(-_LONG_CLIP_FRAMES // take.times_s.size)
    positions = np.concatenate([take.positions_px] * repeats)[:_LONG_CLIP_FRAMES]
    confidence = np.concatenate([take.confidence] * repeats)[:_LONG_CLIP_FRAMES]
    times_s = np.arange(_LONG_CLIP_FRAMES) / 30.0
    seconds = []
    for _ in range(_REPEATS):
        start_s = time.perf_counter()
        find_swaps(times_s, positions, confidence)
        seconds.append(time.perf_counter() - start_s)
    title = "search in 18,000 frames, kernels compiled, best of 9"
    return Figure(title, 1000 * min(seconds), "ms", aim=_AIM_MS)
