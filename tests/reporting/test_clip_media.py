from pathlib import Path

import cv2
import numpy as np
import pytest

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import Frame, probe_clip, read_frames
from sportsgpt_lib.media.encode import VideoWriter
from sportsgpt_lib.reporting.clip_media import (
    ClipFormat,
    ClipOrder,
    _FramePicker,
    render_clip_media,
)
from sportsgpt_lib.reporting.contact_sheet import SheetRequest
from sportsgpt_lib.reporting.face_blur import track_head
from sportsgpt_lib.reporting.pictures import PictureRequest
from sportsgpt_lib.reporting.scene import KeyframeFlash, Scene, SceneAthlete
from tests.reporting.walking_figure import (
    FRAME_RATE_HZ,
    HEIGHT_PX,
    WIDTH_PX,
    build_noise,
    build_poses,
)

FORMAT = ClipFormat(WIDTH_PX, HEIGHT_PX, FRAME_RATE_HZ)
TIMES_S = [idx / FRAME_RATE_HZ + (0.1 if idx >= 10 else 0.0) for idx in range(20)]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Writes 20 frames whose times are not even, as phones write them."""
    path = tmp_path / "clip.mp4"
    rng = np.random.default_rng(3)
    background = rng.integers(0, 256, (HEIGHT_PX, WIDTH_PX, 3)).astype(np.uint8)
    with VideoWriter(
        path, width_px=WIDTH_PX, height_px=HEIGHT_PX, frame_rate_hz=FRAME_RATE_HZ
    ) as writer:
        for idx, time_s in enumerate(TIMES_S):
            background[:8, :8] = idx * 10
            writer.write(background, time_s)
    return path


def render(clip: Path, progress=None, **changes):
    poses = build_poses()
    content = {
        "scene": Scene((SceneAthlete("walker-a", poses, (KeyframeFlash(0.2, "x"),)),)),
        "everybody": [poses],
    }
    return render_clip_media(
        clip, FORMAT, ClipOrder(**{**content, **changes}), progress
    )


def ask(key: str, time_s: float) -> PictureRequest:
    return PictureRequest(key, build_poses(), time_s, ("41°",), ("left_knee_flexion",))


def test_overlay_has_every_frame_at_its_own_time(clip, tmp_path):
    out = tmp_path / "overlay.mp4"
    counts: list[int] = []
    render(clip, overlay_path=out, progress=counts.append)
    times = [frame.time_s for frame in read_frames(out)]
    assert times == pytest.approx(TIMES_S, abs=1e-3)
    assert counts == list(range(1, 21))
    assert probe_clip(out).codec == "h264"


def test_pictures_come_from_the_nearest_frame():
    frames = [Frame(idx, time_s, build_noise()) for idx, time_s in enumerate(TIMES_S)]
    picker = _FramePicker([ask("late", 99.0), ask("first", 0.0), ask("between", 0.21)])
    taken = [pair for frame in frames for pair in picker.take(frame)]
    taken += picker.take_rest()
    shown = {request.key: frame.time_s for request, frame in taken}
    assert shown == {"first": 0.0, "between": 0.2, "late": TIMES_S[-1]}


def test_overlay_and_pictures_are_made_together(clip, tmp_path):
    out = tmp_path / "overlay.mp4"
    made = render(clip, pictures=[ask("a", 0.1), ask("b", 0.1)], overlay_path=out)
    assert out.is_file()
    assert sorted(made.pictures) == ["a", "b"]
    assert made.pictures["a"].jpeg.startswith(b"\xff\xd8")


def test_picture_of_an_athlete_who_is_gone_is_absent(clip):
    assert render(clip, pictures=[ask("gone", 99.0)]).pictures == {}


def test_broken_clip_leaves_no_overlay(clip, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    out = tmp_path / "overlay.mp4"
    with pytest.raises(ClipError):
        render(broken, overlay_path=out)
    assert not list(tmp_path.glob("*overlay*"))


def test_faces_of_people_not_under_study_are_hidden_too(clip, tmp_path):
    out = tmp_path / "overlay.mp4"
    bystander = build_poses(start_x_px=200.0)
    render(clip, scene=Scene(), everybody=[bystander], overlay_path=out)
    original, painted = (next(read_frames(path)).image_rgb for path in (clip, out))
    head = track_head(bystander).find_head(0.0)
    assert head is not None
    x, y, radius = (int(number) for number in head)
    face = np.s_[y - radius // 2 : y + radius // 2, x - radius // 2 : x + radius // 2]
    assert painted[face].std() < original[face].std() / 2
    assert painted[200:, :80].std() > original[200:, :80].std() / 2


def test_real_clip_gives_a_small_overlay_of_the_same_length(shared_data, tmp_path):
    source = shared_data / "video_sports2d_flip" / "demo.mp4"
    facts = probe_clip(source)
    out = tmp_path / "overlay.mp4"
    render_clip_media(
        source,
        ClipFormat(facts.width_px, facts.height_px, facts.frame_rate_hz),
        ClipOrder(
            Scene((SceneAthlete("walker-a", build_poses(200)),)), [], overlay_path=out
        ),
    )
    made = probe_clip(out)
    assert (made.width_px, made.height_px) == (960, 540)
    assert made.frame_count == facts.frame_count
    assert made.duration_s == pytest.approx(facts.duration_s, abs=1e-3)
    assert out.stat().st_size < source.stat().st_size


class SeesFaces:
    """Finds one face at a place, in the frames that are told by their upper corner."""

    def __init__(self, frames, circle=(250.0, 60.0, 20.0)):
        self.frames = frames
        self.circle = circle
        self.look_count = 0

    def find(self, image_rgb):
        self.look_count += 1
        is_seen = round(float(image_rgb[:8, :8].mean()) / 10) in self.frames
        return np.array([self.circle]) if is_seen else np.zeros((0, 3))


FACE = np.s_[50:70, 240:260]


def read_face_spread(path: Path) -> list[float]:
    return [float(frame.image_rgb[FACE].std()) for frame in read_frames(path)]


def test_face_of_a_stranger_is_hidden_before_and_after_the_look_that_found_it(
    clip, tmp_path
):
    out = tmp_path / "overlay.mp4"
    finder = SeesFaces(frames=range(10, 14))
    render(clip, scene=Scene(), everybody=[], overlay_path=out, face_finder=finder)
    sharp = read_face_spread(clip)
    hidden = [
        now < 0.5 * was for now, was in zip(read_face_spread(out), sharp, strict=True)
    ]
    assert not hidden[0]
    assert all(hidden[1:])
    assert finder.look_count <= 4


def read_first_tile(clip, **changes):
    """The first picture of a contact sheet, 320 px wide as the clip is."""
    sheet = SheetRequest("r1", "walker-a", 0.0, TIMES_S[-1], Scene())
    content = render(clip, scene=Scene(), sheets=[sheet], **changes).sheets["r1"]
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return picture[26 : 26 + HEIGHT_PX, :WIDTH_PX]


def test_contact_sheet_hides_everybody_tracked_and_the_face_of_a_stranger(clip):
    bare = read_first_tile(clip, everybody=[])
    tracked = build_poses()
    hidden = read_first_tile(
        clip, everybody=[tracked], face_finder=SeesFaces(frames=range(20))
    )
    x, y, radius = (int(number) for number in track_head(tracked).find_head(0.0))
    head = np.s_[y - radius // 2 : y + radius // 2, x - radius // 2 : x + radius // 2]
    for face in (head, FACE):
        assert hidden[face].std() < 0.6 * bare[face].std()
    assert hidden[150:].std() > 0.9 * bare[150:].std()


def test_faces_are_looked_for_twice_a_second_not_in_every_frame(clip, tmp_path):
    out = tmp_path / "overlay.mp4"
    finder = SeesFaces(frames=())
    render(clip, scene=Scene(), everybody=[], overlay_path=out, face_finder=finder)
    assert finder.look_count == 3  # at 0 s, 0.5 s, and at the end


def test_clip_that_is_gone_gives_no_sheet_where_it_may_break_off(tmp_path):
    sheet = SheetRequest("r1", "walker-a", 0.0, 0.2, Scene())
    gone = tmp_path / "gone.mp4"
    with pytest.raises(FileNotFoundError):
        render(gone, sheets=[sheet])
    assert render(gone, sheets=[sheet], may_break_off=True).sheets == {}
