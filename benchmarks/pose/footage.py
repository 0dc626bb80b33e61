"""Clips of 1080p made from the demo's footage by a real encoder, and their session.

The pictures are scaled up from 1768 x 994. A longer clip shows them forwards and
backwards in turn, so that it never jumps.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from orchestration.demo_footage import CLIP_NAME, lay_out_demo_session
from sportsgpt_lib.storage.partition import PartitionKey

WIDTH_PX, HEIGHT_PX, FRAME_RATE_HZ = 1920, 1080, 30
PARTITION = PartitionKey("bench-club", date(2026, 1, 15))
_CLIP = "clip.mp4"
# A key picture every two seconds, where pieces of a clip can be joined.
_KEY_INTERVAL_FRAMES = 60


def lay_out_session(inbox: Path, frame_count: int, repeats: int = 1) -> Path:
    """Make a session folder with one 1080p clip of H.264.

    Parameters
    ----------
    inbox
        Where the session folder and the demo's footage go.
    frame_count
        Pictures to encode.
    repeats
        How often the encoded pictures follow one another; no picture is encoded twice.

    Returns
    -------
    The session folder.
    """
    source = lay_out_demo_session(inbox) / CLIP_NAME
    folder = inbox / PARTITION.team_id / PARTITION.session_day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    encoded = inbox / f"{frame_count}.mp4"
    if not encoded.exists():
        _encode(source, encoded, frame_count)
    _repeat(encoded, folder / _CLIP, repeats)
    (folder / "session.toml").write_text(
        f'team = "{PARTITION.team_id}"\nday = {PARTITION.session_day.isoformat()}\n'
        'lawful_basis = "legitimate_interests"\n[[athletes]]\nid = "walker-01"\n'
        f'[[recordings]]\nfile = "{_CLIP}"\nathlete = "walker-01"\n'
        'movement = "walking_stride"\nview = "sagittal"\n',
        encoding="utf-8",
    )
    return folder


def _encode(source: Path, target: Path, frame_count: int) -> None:
    import av

    with av.open(str(target), "w") as writer:
        stream = writer.add_stream("libx264", rate=FRAME_RATE_HZ)
        stream.options = {"preset": "ultrafast", "crf": "23"}
        stream.pix_fmt = "yuv420p"
        stream.width, stream.height = WIDTH_PX, HEIGHT_PX
        stream.codec_context.gop_size = _KEY_INTERVAL_FRAMES
        for number, picture in enumerate(_swing(source)):
            if number == frame_count:
                break
            picture.pts = number
            picture.time_base = Fraction(1, FRAME_RATE_HZ)
            writer.mux(stream.encode(picture))
        writer.mux(stream.encode(None))


def _swing(source: Path) -> Iterator[Any]:
    """Give the pictures scaled, forwards and backwards in turn, for ever."""
    import av

    with av.open(str(source)) as reader:
        pictures = [
            frame.reformat(WIDTH_PX, HEIGHT_PX, "yuv420p")
            for frame in reader.decode(video=0)
        ]
    while True:
        yield from pictures
        yield from reversed(pictures)


def _repeat(source: Path, target: Path, repeats: int) -> None:
    """Join a clip to itself without encoding it again."""
    import av

    with av.open(str(target), "w") as writer:
        stream: Any = None
        start = 0
        for _ in range(repeats):
            with av.open(str(source)) as reader:
                shown = reader.streams.video[0]
                if stream is None:
                    stream = writer.add_stream_from_template(shown)
                for packet in reader.demux(shown):
                    if packet.dts is None:
                        continue
                    packet.pts += start
                    packet.dts += start
                    packet.stream = stream
                    writer.mux(packet)
                start += shown.duration
