from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

MakeClip = Callable[..., Path]


def draw_numbered_frame(index: int, *, width_px: int, height_px: int) -> np.ndarray:
    """A dark picture with a bright block that moves right; the top left is red."""
    image = np.full((height_px, width_px, 3), 20, np.uint8)
    image[: height_px // 4, : width_px // 4] = (220, 30, 30)
    left = (index * 2) % (width_px - 16)
    image[height_px // 2 : height_px // 2 + 16, left : left + 16] = 230
    return image


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    """Encode a small real clip; ``times_s`` gives every picture its time stamp."""

    def make(
        name: str = "clip.mp4",
        *,
        times_s: Sequence[float] | None = None,
        codec: str = "libx264",
        rotation_deg: int = 0,
        size_px: tuple[int, int] = (128, 96),
        faststart: bool = True,
        rate_hz: int = 30,
        b_frames: int | None = None,
        pixel_aspect: Fraction = Fraction(1),
        title: str = "",
    ) -> Path:
        times = times_s if times_s is not None else [i / rate_hz for i in range(30)]
        path = tmp_path / name
        options = {"movflags": "faststart"} if faststart else {}
        # AVI counts in pictures, so its clock must be the frame rate.
        ticks_per_s = rate_hz if path.suffix == ".avi" else rate_hz * 1000
        with av.open(str(path), "w", options=options) as container:
            if title:
                container.metadata["title"] = title
            stream = container.add_stream(codec, rate=rate_hz)
            stream.width, stream.height = size_px
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            stream.codec_context.time_base = Fraction(1, ticks_per_s)
            stream.codec_context.sample_aspect_ratio = pixel_aspect
            if b_frames is not None:
                stream.codec_context.max_b_frames = b_frames
                if codec == "libx264":
                    kind = f"bframes={b_frames}:b-adapt=0"
                    stream.codec_context.options = {"x264-params": kind}
            if rotation_deg:
                stream.set_display_rotation(rotation_deg)
            for index, time_s in enumerate(times):
                image = draw_numbered_frame(
                    index, width_px=size_px[0], height_px=size_px[1]
                )
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.time_base = Fraction(1, ticks_per_s)
                frame.pts = round(time_s * ticks_per_s)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return make
