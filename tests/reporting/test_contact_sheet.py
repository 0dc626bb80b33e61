from dataclasses import replace

import cv2
import numpy as np
import pytest

from sportsgpt_lib.reporting.contact_sheet import (
    CLOSE_UP_COUNT,
    EVEN_COUNT,
    LARGEST_SHEET_BYTES,
    SheetRequest,
    compose_sheet,
    draw_tile,
    list_tiles,
)
from sportsgpt_lib.reporting.face_blur import track_head
from sportsgpt_lib.reporting.scene import KeyframeFlash, Scene, SceneAthlete
from tests.reporting.walking_figure import build_noise, build_poses

POSES = build_poses()


def build_sheet(*keyframes_s, **changes):
    flashes = tuple(KeyframeFlash(time_s, "foot strike") for time_s in keyframes_s)
    athlete = SceneAthlete("walker-a", POSES, flashes)
    request = SheetRequest("r1", "walker-a: Walk", 0.0, 0.76, Scene((athlete,)))
    return replace(request, **changes)


def draw(tile, image=None, heads=()):
    image = build_noise() if image is None else image
    return draw_tile(image, (tile.time_s, 0), tile, heads)


def test_frames_are_spread_evenly_over_the_window():
    tiles = list_tiles(build_sheet(start_s=1.0, end_s=3.2))
    assert [tile.time_s for tile in tiles] == pytest.approx(np.arange(1.0, 3.3, 0.2))


def test_every_keyframe_has_its_close_up_up_to_a_limit():
    few = list_tiles(build_sheet(0.1, 0.2))
    assert [tile.time_s for tile in few[EVEN_COUNT:]] == [0.1, 0.2]
    athlete = SceneAthlete(
        "walker-a",
        build_poses(60),
        tuple(KeyframeFlash(idx / 25.0, "toe off") for idx in range(50)),
    )
    many = list_tiles(build_sheet(scene=Scene((athlete,))))[EVEN_COUNT:]
    assert len(many) == CLOSE_UP_COUNT
    assert (many[0].time_s, many[-1].time_s) == (0.0, 49 / 25.0)


def test_keyframes_of_one_frame_share_a_close_up_that_names_both():
    athlete = SceneAthlete(
        "walker-a",
        POSES,
        tuple(
            KeyframeFlash(time_s, words)
            for time_s, words in (
                (0.201, "left mid stance"),
                (0.198, "right mid swing"),
                (0.24, "toe off"),
            )
        ),
    )
    first, second = list_tiles(build_sheet(scene=Scene((athlete,))))[EVEN_COUNT:]
    assert first.keyframes == ("right mid swing", "left mid stance")
    assert second.keyframes == ("toe off",)
    one = replace(first, keyframes=first.keyframes[1:])
    assert not np.array_equal(draw(first), draw(one))


def test_keyframes_of_one_frame_crowd_nobody_out():
    times_s = np.repeat(POSES.times_s, 2)
    many = list_tiles(build_sheet(*times_s))[EVEN_COUNT:]
    assert [tile.time_s for tile in many] == pytest.approx(POSES.times_s.tolist())


def test_face_is_flat_in_the_tile_and_the_rest_is_not():
    (first, *_) = list_tiles(build_sheet(scene=Scene()))
    head = track_head(POSES)
    sharp, hidden = draw(first), draw(first, heads=[head])
    scale = hidden.shape[1] / 320
    x, y, radius = (int(scale * number) for number in head.find_head(0.0))
    face = np.s_[y - radius // 2 : y + radius // 2, x - radius // 2 : x + radius // 2]
    assert hidden[face].std() < sharp[face].std() / 2
    assert np.array_equal(hidden[:, 200:], sharp[:, 200:])


def test_close_up_shows_the_athlete_larger_and_hides_the_face():
    close = list_tiles(build_sheet(0.2))[-1]
    image = np.zeros((240, 320, 3), dtype=np.uint8)
    x, y = POSES.positions_px[5, 0]
    image[int(y) - 8 : int(y) + 9, int(x) - 8 : int(x) + 9] = (0, 255, 0)
    image[int(y) - 8 : int(y) + 9 : 2] = 0
    shown, hidden = draw(close, image), draw(close, image, [track_head(POSES)])
    pure = (hidden[..., 1] > 200) & (hidden[..., 0] < 60)
    assert ((shown[..., 1] > 200) & (shown[..., 0] < 60)).sum() > 20
    assert pure.sum() == 0


def test_close_up_of_an_athlete_who_is_gone_is_left_out():
    close = list_tiles(build_sheet(9.0))[-1]
    assert draw(close) is None


def test_clip_in_which_nobody_was_tracked_is_shown_through_a_mosaic():
    sheet = build_sheet(scene=Scene(), is_veiled=True)
    tile = draw(list_tiles(sheet)[0])
    sharp = draw(list_tiles(replace(sheet, is_veiled=False))[0])
    steps = np.abs(np.diff(tile[:200].astype(int), axis=1)).mean()
    assert steps < 0.3 * np.abs(np.diff(sharp[:200].astype(int), axis=1)).mean()


@pytest.mark.parametrize("shape", [(240, 320), (320, 180)])
def test_sheet_of_the_noisiest_clip_keeps_to_its_size(shape):
    image = np.random.default_rng(2).integers(0, 256, (*shape, 3)).astype(np.uint8)
    sheet = build_sheet(*np.linspace(0, 0.7, 30))
    tiles = {tile.place: draw(tile, image) for tile in list_tiles(sheet)}
    content = compose_sheet(sheet, tiles)
    assert len(content) <= LARGEST_SHEET_BYTES
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape[1] == 1296


def test_sheet_without_a_picture_is_none():
    assert compose_sheet(build_sheet(), {}) is None
