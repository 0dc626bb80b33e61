import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest

from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.media.picture_quality import (
    SHARPNESS_SIZE_PX,
    compute_brightness_ratio,
    compute_clipped_ratios,
    compute_sharpness_ratio,
    measure_picture_quality,
)

# Clip, frame, and left, top, right, bottom of a person in it, found by eye.
PERSONS = {
    "squat": ("video_squat_mit/squat.mp4", 60, (165, 294, 350, 900)),
    "walker": ("video_sports2d_flip/demo.mp4", 60, (1295, 544, 1497, 950)),
    "gymnast": ("video_pose2sim_beam/single_cam02.mp4", 50, (26, 390, 745, 1208)),
}
Box = tuple[int, int, int, int]


def move_camera(
    image: np.ndarray, length_px: float, direction_deg: float
) -> np.ndarray:
    """Blur as a steady motion during the exposure does."""
    reach = int(length_px / 2) + 2
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for step in np.linspace(-length_px / 2, length_px / 2, 8 * reach):
        x = reach + step * np.cos(np.radians(direction_deg))
        y = reach + step * np.sin(np.radians(direction_deg))
        left, top = int(x), int(y)
        for column, share_x in ((left, left + 1 - x), (left + 1, x - left)):
            for row, share_y in ((top, top + 1 - y), (top + 1, y - top)):
                kernel[row, column] += share_x * share_y
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def cut(image: np.ndarray, box: Box) -> np.ndarray:
    left, top, right, bottom = box
    return image[top:bottom, left:right]


@pytest.fixture(scope="module", params=list(PERSONS))
def person(
    request: pytest.FixtureRequest, shared_data: Path
) -> tuple[np.ndarray, Box, int]:
    """A real picture, the person's box in it and the body's height in pixels."""
    name, index, box = PERSONS[request.param]
    image = next(read_frames(shared_data / name, index)).image_rgb
    return image, box, max(box[3] - box[1], box[2] - box[0])


def test_a_sharp_person_measures_the_same_in_every_clip(
    person: tuple[np.ndarray, Box, int],
) -> None:
    image, box, _ = person
    assert 0.54 <= compute_sharpness_ratio(cut(image, box)) <= 0.70


def test_sharpness_falls_with_defocus(person: tuple[np.ndarray, Box, int]) -> None:
    image, box, height_px = person
    measured = [compute_sharpness_ratio(cut(image, box))]
    for share in (0.0025, 0.005, 0.01, 0.02, 0.04):
        blurred = cv2.GaussianBlur(image, (0, 0), share * height_px)
        measured.append(compute_sharpness_ratio(cut(blurred, box)))
    assert all(after < before for before, after in itertools.pairwise(measured))
    assert measured[3] < 0.75 * measured[0]
    assert measured[5] < 0.35 * measured[0]


@pytest.mark.parametrize("direction_deg", [0, 30, 45, 90, 135])
def test_sharpness_falls_with_motion_in_any_direction(
    person: tuple[np.ndarray, Box, int], direction_deg: int
) -> None:
    image, box, height_px = person
    measured = [compute_sharpness_ratio(cut(image, box))]
    for share in (0.01, 0.02, 0.04, 0.08):
        blurred = move_camera(image, share * height_px, direction_deg)
        measured.append(compute_sharpness_ratio(cut(blurred, box)))
    assert all(after < before for before, after in itertools.pairwise(measured))
    assert measured[4] < 0.6 * measured[0]


def test_light_camera_size_and_mild_noise_leave_sharpness_alone(
    person: tuple[np.ndarray, Box, int],
) -> None:
    image, box, height_px = person
    crop = cut(image, box)
    sharpness = compute_sharpness_ratio(crop)
    dark = (crop * 0.4).astype(np.uint8)
    washed_out = (255 * (crop / 255) ** 0.5).astype(np.uint8)
    noise = np.random.default_rng(7).normal(0, 6, crop.shape)
    grainy = np.clip(crop + noise, 0, 255).astype(np.uint8)
    scale = 2 * SHARPNESS_SIZE_PX / height_px
    small = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for other in (dark, washed_out, grainy, small):
        assert compute_sharpness_ratio(other) == pytest.approx(sharpness, abs=0.03)


@pytest.mark.parametrize("level", [0, 51, 255])
def test_an_even_picture_has_its_brightness_and_no_sharpness(level: int) -> None:
    quality = measure_picture_quality(np.full((120, 80, 3), level, np.uint8))
    assert quality.brightness_ratio == pytest.approx(level / 255)
    assert quality.dark_ratio == float(level == 0)
    assert quality.bright_ratio == float(level == 255)
    assert np.isnan(quality.sharpness_ratio)


def test_brightness_weighs_colours_as_luma_does() -> None:
    green = np.zeros((10, 10, 3), np.uint8)
    green[:, :, 1] = 255
    assert compute_brightness_ratio(green) == pytest.approx(0.587, abs=0.003)


def test_clipped_pixels_are_counted_at_both_ends() -> None:
    crop = np.full((10, 10, 3), 120, np.uint8)
    crop[0] = 2
    crop[1:4] = 253
    assert compute_clipped_ratios(crop) == pytest.approx((0.1, 0.3))


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (1000, 2), (3, 900), (5, 5)])
def test_narrow_crops_are_measured_or_unknown_but_no_error(
    shape: tuple[int, int],
) -> None:
    crop = np.random.default_rng(3).integers(0, 256, (*shape, 3), dtype=np.uint8)
    quality = measure_picture_quality(crop)
    assert 0 <= quality.brightness_ratio <= 1
    assert np.isnan(quality.sharpness_ratio) or 0 <= quality.sharpness_ratio <= 1


@pytest.mark.parametrize("shape", [(0, 40, 3), (40, 0, 3)])
def test_an_empty_crop_has_no_measure(shape: tuple[int, int, int]) -> None:
    quality = measure_picture_quality(np.zeros(shape, np.uint8))
    assert np.isnan(quality.brightness_ratio)
    assert np.isnan(quality.dark_ratio)
    assert np.isnan(quality.bright_ratio)
    assert np.isnan(quality.sharpness_ratio)


def test_a_crop_that_is_a_view_is_measured_like_its_copy() -> None:
    picture = np.random.default_rng(5).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    view = picture[20:230, 31:201]
    assert measure_picture_quality(view) == measure_picture_quality(view.copy())
