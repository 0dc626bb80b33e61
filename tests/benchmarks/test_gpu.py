from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("mmpose", reason="the extra mmpose is not installed")
pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")

from benchmarks.pose import gpu


def _encode(path: Path, frame_count: int) -> Path:
    import av

    with av.open(str(path), "w") as writer:
        stream: Any = writer.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(frame_count):
            image = np.full((240, 320, 3), number, np.uint8)
            picture = av.VideoFrame.from_ndarray(image, format="rgb24")
            picture.pts, picture.time_base = number, Fraction(1, 30)
            writer.mux(stream.encode(picture))
        writer.mux(stream.encode(None))
    return path


def test_without_a_gpu_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    (figure,) = gpu.measure()
    assert figure.value is None
    assert "sees no GPU" in figure.note


@pytest.mark.mmpose
@pytest.mark.onnx
@pytest.mark.slow
def test_every_backend_is_measured_with_and_without_decoding(tmp_path: Path) -> None:
    clip = _encode(tmp_path / "clip.mp4", 12)
    figures = {f.name: f for f in gpu.measure_device("cpu", clip, tmp_path, (4,))}
    for backend in ("mmpose", "rtmpose_onnx"):
        for way in ("without decoding", "decoding"):
            figure = figures[f"{backend}, batch 4, {way}"]
            assert figure.value is not None
            assert figure.value > 0
            assert figure.note.startswith("bound by ")
    # Half precision is refused on a CPU, and the reason is shown.
    assert figures["mmpose, half precision"].value is None
    assert "half precision" in figures["mmpose, half precision"].note
