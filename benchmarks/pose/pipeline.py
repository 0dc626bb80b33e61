"""What stands around the pose network costs: decoding, tracking, repair, writing.

The stages run as in the asset graph on 1080p H.264 with two persons, on the default
networks. Peak memory is that of a process of its own on a clip of one minute and one of
ten; there stand-ins answer for the networks, which would need half an hour.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.pose.footage import FRAME_RATE_HZ, lay_out_session
from benchmarks.pose.pose_stages import PoseCost, run_pose_stages
from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator

_MUST_OWN_SHARE_PCT = 15.0
_MUST_PEAK_GIB = 1.0
_MUST_PEAK_RATIO = 1.1
_WARM_UP_FRAMES, _COST_FRAMES, _COST_RUNS = 45, 230, 3
_MINUTE_FRAMES = 60 * FRAME_RATE_HZ


def measure() -> list[Figure]:
    """Measure the share of everything but the networks, and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        return [*_measure_cost(inbox), *_measure_memory(inbox)]


def _measure_cost(inbox: Path) -> list[Figure]:
    detector, estimator = MediapipeDetector(), MediapipeEstimator()

    def run(session: Path) -> PoseCost:
        with tempfile.TemporaryDirectory() as work:
            return run_pose_stages(session, Path(work), detector, estimator)

    run(lay_out_session(inbox, _WARM_UP_FRAMES))
    session = lay_out_session(inbox, _COST_FRAMES)
    costs = [run(session) for _ in range(_COST_RUNS)]
    decoding_s = statistics.median(_time_decoding(session) for _ in range(_COST_RUNS))

    def share(part: str) -> float:
        shares = [float(getattr(cost, part)) / cost.network_s for cost in costs]
        return 100 * statistics.median(shares)

    network_ms = 1000 * statistics.median(c.network_s for c in costs) / _COST_FRAMES
    return [
        Figure("1080p: networks", network_ms, "ms/frame"),
        Figure(
            "1080p: decoding alone, in another thread",
            1000 * decoding_s / _COST_FRAMES,
            "ms/frame",
        ),
        Figure(
            "1080p: waiting for frames, cropping, tracking",
            share("tracking_s"),
            "% of networks",
        ),
        Figure("1080p: choice, repair, scale", share("repair_s"), "% of networks"),
        Figure("1080p: writing", share("writing_s"), "% of networks"),
        Figure(
            "1080p: all of it",
            share("own_s"),
            "% of networks",
            must=_MUST_OWN_SHARE_PCT,
        ),
    ]


def _time_decoding(session: Path) -> float:
    start_s = time.perf_counter()
    for _ in read_frames(session / "clip.mp4"):
        pass
    return time.perf_counter() - start_s


def _measure_memory(inbox: Path) -> list[Figure]:
    figures = []
    peaks = {}
    for minutes in (1, 10):
        start_s = time.perf_counter()
        session = lay_out_session(inbox, _MINUTE_FRAMES, minutes)
        stages_bytes, peaks[minutes] = _run_alone(session)
        figures += [
            Figure(
                f"{minutes} min of 1080p, stand-ins for networks: peak memory, stages",
                stages_bytes / 1024**3,
                "GiB",
            ),
            Figure(
                f"{minutes} min of 1080p: the same, contract check included",
                peaks[minutes] / 1024**3,
                "GiB",
                must=_MUST_PEAK_GIB,
            ),
            Figure(
                f"{minutes} min of 1080p, stand-ins for networks: time",
                time.perf_counter() - start_s,
                "s",
            ),
        ]
    return [
        *figures,
        Figure(
            "peak memory, 10 min against 1",
            peaks[10] / peaks[1],
            "ratio",
            must=_MUST_PEAK_RATIO,
        ),
    ]


def _run_alone(session: Path) -> tuple[int, int]:
    with tempfile.TemporaryDirectory() as work:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.pose.peak_memory", str(session), work],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    stages_bytes, all_bytes = (int(line) for line in done.stdout.splitlines()[-2:])
    return stages_bytes, all_bytes
