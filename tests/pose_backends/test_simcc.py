from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.pose.simcc import (
    SimccLayout,
    crop_person,
    decode_simcc,
    normalise_crops,
)

_LAYOUT = SimccLayout(192, 256)


def _make_frame(height_px: int, width_px: int) -> Any:
    random = np.random.default_rng(11)
    return random.integers(0, 256, (height_px, width_px, 3), dtype=np.uint8)


def _draw_boxes(height_px: int, width_px: int, count: int) -> Any:
    random = np.random.default_rng(5)
    x = np.sort(random.uniform(-60, width_px + 60, (count, 2)), axis=1)
    y = np.sort(random.uniform(-60, height_px + 60, (count, 2)), axis=1)
    return np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1).astype(np.float32)


def test_a_peak_is_found_where_it_was_put() -> None:
    frame = _make_frame(480, 640)
    box = np.array([100, 50, 220, 410], dtype=np.float32)
    crop = crop_person(frame, box, _LAYOUT)
    true_px = np.array([[130.0, 90.0], [215.5, 400.25], [101.0, 250.0]])
    shares = (true_px - (crop.centre_px - crop.size_px / 2)) / crop.size_px
    simcc_x, simcc_y = np.zeros((1, 3, 384), "f4"), np.zeros((1, 3, 512), "f4")
    bins = np.rint(shares * [384, 512]).astype(int)
    simcc_x[0, range(3), bins[:, 0]] = (0.9, 0.4, 0.7)
    simcc_y[0, range(3), bins[:, 1]] = (0.8, 0.6, 0.7)
    found_px, scores = decode_simcc(simcc_x, simcc_y, [crop], _LAYOUT)
    half_bin_px = crop.size_px / [384, 512] / 2
    assert np.all(np.abs(found_px[0] - true_px) <= half_bin_px + 1e-4)
    np.testing.assert_allclose(scores[0], [0.8, 0.4, 0.7], rtol=1e-6)


def test_a_crop_shows_the_boxs_middle_in_its_middle() -> None:
    frame = np.zeros((480, 640, 3), dtype=np.uint8)
    frame[300:304, 200:204] = 255
    box = np.array([141.5, 241.5, 261.5, 361.5], dtype=np.float32)
    crop = crop_person(frame, box, _LAYOUT)
    rows, columns = np.nonzero(crop.image_rgb[..., 0] > 127)
    assert crop.image_rgb.shape == (256, 192, 3)
    assert (rows.mean(), columns.mean()) == pytest.approx((128, 96), abs=0.75)


@pytest.mark.parametrize("box", [(0, 0, 100, 10), (0, 0, 10, 100)])
def test_a_crop_keeps_the_proportions_and_holds_the_padded_box(
    box: tuple[int, ...],
) -> None:
    box_px = np.array(box, dtype=np.float32)
    crop = crop_person(_make_frame(120, 120), box_px, _LAYOUT)
    assert crop.size_px[0] / crop.size_px[1] == pytest.approx(192 / 256)
    assert np.all(crop.size_px >= 1.25 * (box_px[2:] - box_px[:2]))


def test_normalised_crops_are_rgb_channels_first() -> None:
    crop = crop_person(
        _make_frame(300, 300), np.array([20, 20, 200, 260], np.float32), _LAYOUT
    )
    tensor = normalise_crops([crop, crop], _LAYOUT)
    assert tensor.shape == (2, 3, 256, 192)
    assert tensor.dtype == np.float32
    assert tensor.flags.c_contiguous
    restored = tensor[1, 2] * _LAYOUT.std_rgb[2] + _LAYOUT.mean_rgb[2]
    np.testing.assert_allclose(restored, crop.image_rgb[..., 2], atol=1e-3)


@pytest.mark.mmpose
def test_crops_equal_mmposes_bit_by_bit(coco_estimator: Any) -> None:
    frame = _make_frame(480, 640)
    boxes = _draw_boxes(480, 640, 200)
    samples = coco_estimator._crop([frame], np.zeros(200, dtype=int), boxes)
    for box, sample in zip(boxes, samples, strict=True):
        crop = crop_person(frame, box, _LAYOUT)
        theirs = sample["inputs"].numpy()[::-1].transpose(1, 2, 0)  # BGR to RGB
        np.testing.assert_array_equal(crop.image_rgb, theirs)
        place = sample["data_samples"].metainfo
        np.testing.assert_array_equal(crop.centre_px, place["input_center"])
        np.testing.assert_array_equal(crop.size_px, place["input_scale"])
