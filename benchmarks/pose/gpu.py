"""How many frames a second a GPU gives, per backend and batch, and what bounds it.

One person a frame, 1080p, RTMPose-m with random weights; decoding off (the same picture
again and again) and on (an H.264 clip, decoded on the CPU in a thread ahead). Runs only
where torch sees a GPU; elsewhere one line says so.
"""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, repeat
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.pose.footage import lay_out_session
from benchmarks.pose.networks import RTMPOSE_M, save_random_network
from benchmarks.pose.pictures import build_boxes, build_picture
from sportsgpt_lib.arrays import ByteImage
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.pose.mmpose_estimator import MmposeEstimator
from sportsgpt_lib.pose.rtmpose_export import export_rtmpose
from sportsgpt_lib.pose.rtmpose_onnx_estimator import RtmposeOnnxEstimator

_UNIT = "frames/s"
_BATCH_SIZES = (1, 4, 8, 16, 32, 64)
_FRAMES = 512

_Build = Callable[[int], Any]


def measure() -> list[Figure]:
    """Measure the backends on the first GPU; one line where there is none."""
    import torch

    if not torch.cuda.is_available():
        note = f"torch {torch.__version__} sees no GPU"
        return [Figure("any backend", None, _UNIT, note=note)]
    with tempfile.TemporaryDirectory() as folder:
        clip = lay_out_session(Path(folder) / "inbox", _FRAMES) / "clip.mp4"
        return measure_device("cuda", clip, Path(folder), _BATCH_SIZES)


def measure_device(
    device: str, clip: Path, folder: Path, batch_sizes: Sequence[int]
) -> list[Figure]:
    """Measure every backend on a device.

    Parameters
    ----------
    device
        As in ``SPORTSGPT_POSE_DEVICE``.
    clip
        A clip to decode; as many frames are looked at without decoding.
    folder
        Where networks are written.
    batch_sizes
        Frames, and so persons, in one run of a network.
    """
    decoding_s, frame_count = _time_decoding(clip)
    figures = [Figure("decoding alone", 1 / decoding_s, _UNIT)]
    for label, build in _list_backends(device, folder).items():
        for batch_size in batch_sizes:
            try:
                estimator = build(batch_size)
            except SettingError as error:
                figures.append(Figure(label, None, _UNIT, note=error.found))
                break
            still = islice(repeat(build_picture()), frame_count)
            pictures = (frame.image_rgb for frame in read_frames(clip))
            name = f"{label}, batch {batch_size}"
            figures += [
                _measure_pass(f"{name}, without decoding", estimator, still, 0.0),
                _measure_pass(f"{name}, decoding", estimator, pictures, decoding_s),
            ]
    return figures


def _list_backends(device: str, folder: Path) -> dict[str, _Build]:
    checkpoint = str(save_random_network(RTMPOSE_M, folder).checkpoint)
    onnx_path = folder / "network.onnx"
    export_rtmpose(RTMPOSE_M, checkpoint, onnx_path)

    def build_mmpose(*, has_half_precision: bool) -> _Build:
        return lambda batch_size: MmposeEstimator(
            RTMPOSE_M,
            checkpoint,
            device,
            batch_size=batch_size,
            has_half_precision=has_half_precision,
        )

    return {
        "mmpose": build_mmpose(has_half_precision=False),
        "mmpose, half precision": build_mmpose(has_half_precision=True),
        "rtmpose_onnx": lambda batch_size: RtmposeOnnxEstimator(
            str(onnx_path), device, batch_size=batch_size
        ),
    }


def _measure_pass(
    name: str, estimator: Any, pictures: Iterable[ByteImage], decoding_s: float
) -> Figure:
    """Estimate one person in every picture; the note says where the time went.

    ``decoding_s`` is what a frame takes to decode alone; it overlaps with the others.
    """
    batch_size = estimator.batch_size
    box_px = build_boxes(1)
    estimator.estimate([build_picture()] * batch_size, [box_px] * batch_size)
    before_s, start_s, frame_count = estimator.network_seconds, time.perf_counter(), 0
    for batch in _cut(pictures, batch_size):
        estimator.estimate(batch, [box_px] * len(batch))
        frame_count += len(batch)
    frame_s = (time.perf_counter() - start_s) / frame_count
    network_s = (estimator.network_seconds - before_s) / frame_count
    times_s = {
        "network": network_s,
        "decoding": decoding_s,
        "cropping and waiting": frame_s - network_s,
    }
    bound = max(times_s, key=times_s.__getitem__)
    note = ", ".join(
        f"{part} {1000 * time_s:.1f} ms" for part, time_s in times_s.items()
    )
    return Figure(name, 1 / frame_s, _UNIT, note=f"bound by {bound} ({note} a frame)")


def _cut(pictures: Iterable[ByteImage], size: int) -> Iterator[list[ByteImage]]:
    left = iter(pictures)
    while batch := list(islice(left, size)):
        yield batch


def _time_decoding(clip: Path) -> tuple[float, int]:
    """Decode a clip; seconds a frame, and frames."""
    start_s = time.perf_counter()
    frame_count = sum(1 for _ in read_frames(clip))
    return (time.perf_counter() - start_s) / frame_count, frame_count
