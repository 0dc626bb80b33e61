"""Session folders for the integration tests, cut from the real demo clip."""

import shutil
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from orchestration.demo_footage import CLIP_NAME, CLIP_SHA256
from sportsgpt_lib.session.clips import compute_clip_sha256

DEMO_MANIFEST = Path(__file__).parents[2] / "orchestration" / "demo_session.toml"
RATE_HZ = 30
WALKER_FROM_S, WALKER_TO_S = 1.6, 4.0
WALKER_SIZE_PX = (884, 496)
EMPTY_ROOM_SIZE_PX = (320, 240)
EMPTY_ROOM_FRAMES = 45

GOOD = (CLIP_NAME,)
NAMED_AND_BAD = ("cut-off.mp4", "empty.mp4", "notes.mp4", "nobody.mp4", "gone.mp4")
UNNAMED = "spare.mp4"
_ENTRY = """
[[recordings]]
file = "{file}"
athlete = "walker-01"
movement = "walking_stride"
view = "sagittal"
"""
WALKER_MANIFEST = """\
team = "{team}"
day = {day}
lawful_basis = "consent"

[[athletes]]
id = "walker-01"

[[recordings]]
file = "walker.mp4"
athlete = "walker-01"
movement = "walking_stride"
view = "sagittal"
at = [0.85, 0.75]
"""


def write_night(folder: Path, demo_clip: Path, walker_clip: Path) -> None:
    """The demo's session with one bad file of every kind beside the good clip."""
    assert compute_clip_sha256(demo_clip) == CLIP_SHA256
    folder.mkdir(parents=True)
    shutil.copyfile(demo_clip, folder / CLIP_NAME)
    whole = walker_clip.read_bytes()
    (folder / "cut-off.mp4").write_bytes(whole[: len(whole) * 6 // 10])
    (folder / "empty.mp4").touch()
    (folder / "notes.mp4").write_text("Filmed by the fence, sun from the left.\n")
    write_empty_room(folder / "nobody.mp4")
    shutil.copyfile(walker_clip, folder / UNNAMED)
    entries = "".join(_ENTRY.format(file=name) for name in NAMED_AND_BAD)
    manifest = DEMO_MANIFEST.read_text(encoding="utf-8") + entries
    (folder / "session.toml").write_text(manifest, encoding="utf-8")


def write_walker_session(folder: Path, walker_clip: Path) -> None:
    """A short session: one athlete walking past, 2.4 s."""
    folder.mkdir(parents=True)
    shutil.copyfile(walker_clip, folder / "walker.mp4")
    text = WALKER_MANIFEST.format(team=folder.parent.name, day=folder.name)
    (folder / "session.toml").write_text(text, encoding="utf-8")


def cut_walker(demo_clip: Path, target: Path) -> None:
    """Cut the walker's part out of the demo clip, at half its size."""
    pictures = []
    with av.open(str(demo_clip)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and WALKER_FROM_S <= frame.time < WALKER_TO_S:
                width_px, height_px = WALKER_SIZE_PX
                small = frame.reformat(width_px, height_px, format="rgb24")
                pictures.append(small.to_ndarray())
    _encode(pictures, target)


def write_empty_room(target: Path) -> None:
    """A real clip of 1.5 s in which a light moves over a wall and nobody is seen."""
    width_px, height_px = EMPTY_ROOM_SIZE_PX
    wall = np.linspace(60, 160, width_px)[np.newaxis, :, np.newaxis]
    pictures = []
    for idx in range(EMPTY_ROOM_FRAMES):
        picture = np.broadcast_to(wall, (height_px, width_px, 3)).copy()
        picture[100:110, idx * 5 : idx * 5 + 10] = 230
        pictures.append(picture.astype(np.uint8))
    _encode(pictures, target)


def _encode(pictures: list[np.ndarray], target: Path) -> None:
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=RATE_HZ)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "18", "preset": "veryfast", "threads": "1"}
        for idx, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = idx, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
