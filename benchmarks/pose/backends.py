"""What a person costs on each backend, beside mmpose's own inference and rtmlib.

Networks are RTMPose-t and -m for Halpe-26 as mmpose's wheel describes them, with
random weights: they cost what trained ones cost. Every way to run one network takes
turns with the others on the same persons of the same 1080p picture. mediapipe's network
is its own.

First each library gets one thread, and processor time is counted, so that other work on
the machine changes little. Then each gets every core, as it does where nothing is set,
and the clock counts; rounds that other processes disturbed are measured anew, and notes
say how busy those kept the cores. Ratios of processor time stand beside.
"""

import contextlib
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import Figure
from benchmarks.pose.networks import RTMPOSE_M, RTMPOSE_T, save_random_network
from benchmarks.pose.pairs import (
    Timings,
    time_by_the_clock,
    time_side_by_side,
)
from benchmarks.pose.pictures import build_boxes, build_picture
from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator
from sportsgpt_lib.pose.mmpose_compat import import_mmpose_apis, quiet_openmmlab
from sportsgpt_lib.pose.mmpose_estimator import MmposeEstimator
from sportsgpt_lib.pose.network_keypoints import PIXEL_CENTRE_PX
from sportsgpt_lib.pose.rtmpose_export import export_rtmpose
from sportsgpt_lib.pose.rtmpose_onnx_estimator import RtmposeOnnxEstimator

_CONFIGS = {"RTMPose-t": RTMPOSE_T, "RTMPose-m": RTMPOSE_M}
# Persons at once, and how many rounds: more pairs where a call is short.
_ROUNDS_BY_BATCH_SIZE = {1: 40, 4: 6, 8: 4, 16: 3}
# Fewer, as every disturbed round is measured anew.
_ALL_CORES_ROUNDS_BY_BATCH_SIZE = {1: 16, 8: 4}
_MUST_BEAT_MMPOSE_RATIO = 1.5
_MUST_RTMLIB_RATIO = 1.0

_MMPOSE, _ONNX = "mmpose", "rtmpose_onnx"
_TOPDOWN = "inference_topdown, flip off"
_TOPDOWN_FLIP = "inference_topdown, flip on"
_RTMLIB = "rtmlib"

_Way = Callable[[ByteImage, FloatArray], object]


@dataclass(frozen=True)
class _Network:
    """One RTMPose in both forms, and how far they are apart."""

    name: str
    config: str
    checkpoint: str
    onnx_path: Path
    disagreement_px: float


def measure() -> list[Figure]:
    """Measure every backend, and how RTMPose on onnxruntime stands beside others."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        networks = [
            _make_network(name, config, Path(folder) / name)
            for name, config in _CONFIGS.items()
        ]
        with _one_thread():
            figures += _measure_mediapipe()
            for network in networks:
                figures += _measure_on_one_thread(network)
        for network in networks:
            figures += _measure_on_all_cores(network)
    return figures


def _measure_mediapipe() -> list[Figure]:
    way = _as_way(MediapipeEstimator())
    return [
        _cost_figure(
            "BlazePose: mediapipe",
            batch_size,
            _time_ways({"mediapipe": way}, batch_size),
            "mediapipe",
        )
        for batch_size in _ROUNDS_BY_BATCH_SIZE
    ]


def _measure_on_one_thread(network: _Network) -> list[Figure]:
    figures = [
        Figure(
            f"{network.name}: mmpose and exported network, largest distance",
            network.disagreement_px,
            "px",
            must=0.01,
        )
    ]
    ways = _build_ways(network, threads_count=1)
    for batch_size in _ROUNDS_BY_BATCH_SIZE:
        timings = _time_ways(ways, batch_size)
        figures += [
            _cost_figure(f"{network.name}: {way}", batch_size, timings, way)
            for way in ways
        ]
        figures += _compare(f"{network.name}, one thread", batch_size, timings)
    return figures


def _compare(label: str, batch_size: int, timings: Timings) -> list[Figure]:
    """Compare RTMPose on onnxruntime with mmpose and rtmlib, and judge it."""
    return [
        Figure(
            f"{label}: {_TOPDOWN} / {_ONNX}, batch {batch_size}",
            timings.ratio(_TOPDOWN, _ONNX),
            "ratio",
            must=_MUST_BEAT_MMPOSE_RATIO if batch_size == 1 else None,
            is_at_least=True,
        ),
        Figure(
            f"{label}: {_ONNX} / {_RTMLIB}, same file, batch {batch_size}",
            timings.ratio(_ONNX, _RTMLIB),
            "ratio",
            must=_MUST_RTMLIB_RATIO,
        ),
    ]


def _measure_on_all_cores(network: _Network) -> list[Figure]:
    ways = _build_ways(network, threads_count=0)
    figures = []
    for batch_size, rounds in _ALL_CORES_ROUNDS_BY_BATCH_SIZE.items():
        clocked = time_by_the_clock(_bind(ways, batch_size), rounds)
        figures += [
            _cost_figure(
                f"{network.name}: {way}, all cores", batch_size, clocked.wall, way
            )
            for way in ways
        ]
        label = f"{network.name}, all cores"
        others = f"others took {clocked.other_cores:.2f} cores"
        figures += [
            replace(figure, note=others)
            for figure in _compare(label, batch_size, clocked.wall)
        ]
        figures += [
            replace(figure, name=f"{figure.name}, processor time", must=None)
            for figure in _compare(label, batch_size, clocked.processor)
        ]
    return figures


def _cost_figure(label: str, batch_size: int, timings: Timings, way: str) -> Figure:
    cost_ms = 1000 * timings.median_s(way) / batch_size
    return Figure(f"{label}, batch {batch_size}", cost_ms, "ms/person")


def _time_ways(ways: dict[str, _Way], batch_size: int) -> Timings:
    rounds = _ROUNDS_BY_BATCH_SIZE[batch_size]
    return time_side_by_side(_bind(ways, batch_size), rounds, time.process_time)


def _bind(ways: dict[str, _Way], batch_size: int) -> dict[str, Callable[[], object]]:
    picture, boxes_px = build_picture(), build_boxes(batch_size)

    def bind(way: _Way) -> Callable[[], object]:
        return lambda: way(picture, boxes_px)

    return {name: bind(way) for name, way in ways.items()}


def _make_network(name: str, config: str, folder: Path) -> _Network:
    folder.mkdir()
    checkpoint = str(save_random_network(config, folder).checkpoint)
    onnx_path = folder / "network.onnx"
    report = export_rtmpose(config, checkpoint, onnx_path)
    return _Network(name, config, checkpoint, onnx_path, report.worst_disagreement_px)


def _build_ways(network: _Network, threads_count: int) -> dict[str, _Way]:
    batch_size = max(_ROUNDS_BY_BATCH_SIZE)
    ours = MmposeEstimator(network.config, network.checkpoint, batch_size=batch_size)
    flipping = MmposeEstimator(network.config, network.checkpoint, has_flip_test=True)
    exported = RtmposeOnnxEstimator(
        str(network.onnx_path), batch_size=batch_size, threads_count=threads_count
    )
    rtmlib = _open_rtmlib(network.onnx_path, threads_count)
    _validate_same_points(exported, rtmlib)
    return {
        _TOPDOWN: _call_topdown(ours.network),
        _TOPDOWN_FLIP: _call_topdown(flipping.network),
        _MMPOSE: _as_way(ours),
        _RTMLIB: rtmlib,
        _ONNX: _as_way(exported),
    }


def _as_way(estimator: Any) -> _Way:
    return lambda picture, boxes_px: estimator.estimate([picture], [boxes_px])


def _call_topdown(network: Any) -> _Way:
    from mmengine.registry import DefaultScope

    apis = import_mmpose_apis("benchmark")

    def call(picture: ByteImage, boxes_px: FloatArray) -> object:
        with DefaultScope.overwrite_default_scope("mmpose"), quiet_openmmlab():
            return apis.inference_topdown(network, picture, boxes_px)

    return call


def _open_rtmlib(onnx_path: Path, threads_count: int) -> Any:
    """Open rtmlib's tool; it has no word for threads, so its session is replaced."""
    import onnxruntime
    from rtmlib import RTMPose

    with contextlib.redirect_stdout(io.StringIO()):
        tool = RTMPose(str(onnx_path))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads_count
    tool.session = onnxruntime.InferenceSession(
        str(onnx_path), options, providers=["CPUExecutionProvider"]
    )
    return tool


def _validate_same_points(exported: RtmposeOnnxEstimator, rtmlib: _Way) -> None:
    """Refuse to compare the times of two that do not find the same points."""
    picture, boxes_px = build_picture(), build_boxes(4)
    (ours,) = exported.estimate([picture], [boxes_px])
    theirs: Any = rtmlib(picture, boxes_px)
    distances_px = np.linalg.norm(ours[:, :, :2] - PIXEL_CENTRE_PX - theirs[0], axis=2)
    if not np.nanmedian(distances_px) < 1.0:
        message = f"rtmlib's points lie {np.nanmedian(distances_px):.1f} px from ours"
        raise RuntimeError(message)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Hold torch and OpenCV to one thread."""
    import cv2
    import torch

    before = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        cv2.setNumThreads(before[1])
