"""What one alignment costs, from raw angles to keyframes, on one thread.

Ours and dtaidistance's C dynamic program take turns in one process; ours counts
everything from the angles on, the peer's only the program itself, on features that lie
ready. Times are processor times of all threads, which on a quiet machine are those of
the clock, and are the best of the quietest rounds; ratios are medians of the rounds'.
Recordings are hard ones with gaps, at 60 frames per second. Extra memory is the growth
of the process's peak over what it held before, read from the kernel, in a process of
its own (``speed_memory.py``).
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from threadpoolctl import threadpool_limits

from benchmarks.alignment.faults import HARD
from benchmarks.alignment.peers import build_features, check_c_library
from benchmarks.alignment.recordings import (
    REPORTING_SEEDS,
    Performer,
    Trial,
    TrialOptions,
    draw_trial,
)
from benchmarks.alignment.scoring import (
    build_reference,
    find_with_motion_dtw,
    score_single,
)
from benchmarks.figures import Figure
from benchmarks.pose.pairs import Timings, time_by_the_clock
from sportsgpt_lib.alignment.motion import Motion
from sportsgpt_lib.alignment.motion_dtw import align_motion
from sportsgpt_lib.arrays import FloatArray

_RATE_HZ = 60.0
_SEED = REPORTING_SEEDS[5000]
_LENGTHS_FRAMES = (3_600, 36_000, 100_000, 144_000)
_TEN_MINUTES = 36_000
_LONG_FRAMES = 100_000
_ROUNDS = 15
_COLD_STARTS = 3
_ROOT = Path(__file__).resolve().parents[2]
_MS, _NS, _MB = 1e3, 1e9, 1e6


def measure() -> list[Figure]:
    """Measure time, ratio to the peer, growth with length, memory and a cold start."""
    check_c_library()
    with threadpool_limits(1):
        timings, cells = _time_all()
    ours = {n: float(timings.seconds[f"ours {n}"].min()) for n in _LENGTHS_FRAMES}
    peer_s = float(timings.seconds["dtaidistance"].min())
    return [
        Figure(
            "10 min at 60 fps, raw angles to keyframes",
            _MS * ours[_TEN_MINUTES],
            "ms",
            must=6.0,
            aim=2.0,
            note=f"best of {_ROUNDS}; median "
            f"{_MS * timings.median_s(f'ours {_TEN_MINUTES}'):.2f}",
        ),
        Figure(
            "dtaidistance's C program alone on that, with the matrix of costs",
            _MS * peer_s,
            "ms",
            note=f"best of {_ROUNDS}; {_NS * peer_s / cells:.1f} ns a cell",
        ),
        Figure(
            "dtaidistance's C program alone on that, distance only",
            _MS * float(timings.seconds["dtaidistance, distance"].min()),
            "ms",
            note="tells how near, not where",
        ),
        Figure(
            "dtaidistance's C program / ours",
            timings.ratio("dtaidistance", f"ours {_TEN_MINUTES}"),
            "times",
            must=12.0,
            aim=35.0,
            is_at_least=True,
            note="median of the rounds' ratios",
        ),
        Figure(
            "dtaidistance's C program, distance only / ours",
            timings.ratio("dtaidistance, distance", f"ours {_TEN_MINUTES}"),
            "times",
        ),
        *_describe_growth(ours),
        *_measure_memory(),
        _measure_cold_start(),
    ]


@cache
def draw_recording(frame_count: int) -> Trial:
    """Draw a hard recording of so many frames, with the movement once in it."""
    options = TrialOptions(duration_s=frame_count / _RATE_HZ)
    return draw_trial(_SEED, HARD, options)


def _time_all() -> tuple[Timings, int]:
    """Time every length and the peer in turn; also the cells of the peer's program."""
    ways: dict[str, Callable[[], object]] = {}
    cells = 0
    for frame_count in _LENGTHS_FRAMES:
        trial = draw_recording(frame_count)
        ways[f"ours {frame_count}"] = _prepare(trial, trial.performers[0])
        if frame_count == _TEN_MINUTES:
            wanted, seen = build_features(trial.performers[0], trial, "unit")
            cells = len(wanted) * len(seen)
            ways |= _prepare_peer(wanted, seen)
    return time_by_the_clock(ways, _ROUNDS).processor, cells


def _prepare(trial: Trial, performer: Performer) -> Callable[[], object]:
    reference = build_reference(trial, performer)
    return lambda: align_motion(
        Motion(trial.names, trial.times_s, trial.angles_deg), [reference]
    )


def _prepare_peer(
    wanted: FloatArray, seen: FloatArray
) -> dict[str, Callable[[], object]]:
    """Prepare the C program with open ends in the recording, with and without matrix.

    As ``subsequence_alignment(use_c=True)`` calls it, without its bookkeeping.
    """
    from dtaidistance import dtw_ndim

    ends = [0, 0, len(seen), len(seen)]
    return {
        "dtaidistance": lambda: dtw_ndim.warping_paths_fast(
            wanted, seen, psi=ends, psi_neg=False, keep_int_repr=True, compact=False
        ),
        "dtaidistance, distance": lambda: dtw_ndim.distance_fast(
            wanted, seen, psi=ends
        ),
    }


def _describe_growth(ours: dict[int, float]) -> Iterator[Figure]:
    for frame_count, seconds in ours.items():
        note = _describe_answer(draw_recording(frame_count))
        yield Figure(f"{frame_count:,} frames: whole", _MS * seconds, "ms", note=note)
    marginal = []
    for fewer, more in pairwise(_LENGTHS_FRAMES):
        marginal.append(_NS * (ours[more] - ours[fewer]) / (more - fewer))
        yield Figure(f"{fewer:,} to {more:,}: one frame more", marginal[-1], "ns")
    middle = (max(marginal) + min(marginal)) / 2
    yield Figure(
        "one frame more: spread about the middle",
        100.0 * (max(marginal) / middle - 1.0),
        "± %",
        must=25.0,
        aim=10.0,
    )


def _describe_answer(trial: Trial) -> str:
    """Say how good the timed answer is: a fast wrong one would be worth nothing."""
    accuracy = score_single([(trial, find_with_motion_dtw(trial))])
    if accuracy.found_share == 0:
        return "the movement was NOT found"
    return f"keyframes {accuracy.mean_frames:.2f} 60-fps frames off"


def _measure_memory() -> Iterator[Figure]:
    peaks = [
        float(line)
        for line in _run("-m", "benchmarks.alignment.speed_memory", str(_LONG_FRAMES))
    ]
    yield Figure(
        f"{_LONG_FRAMES:,} frames: extra memory at the peak",
        max(peaks) / _MB,
        "MB",
        must=10.0,
        aim=3.0,
        note=f"growth of the peak of resident memory; largest of {len(peaks)} calls",
    )


def _measure_cold_start() -> Figure:
    seconds = []
    for _ in range(_COLD_STARTS):
        start_s = time.perf_counter()
        _run("-m", "benchmarks.alignment.speed_cold_start")
        seconds.append(time.perf_counter() - start_s)
    return Figure(
        "cold process: imports, kernels from the cache, 60 s aligned",
        min(seconds),
        "s",
        note=f"best of {_COLD_STARTS}, by the clock",
    )


def _run(*arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=_ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.splitlines()
