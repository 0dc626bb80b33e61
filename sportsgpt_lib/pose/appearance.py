"""What colour a person's clothes are, so that two persons can be told apart.

Two places keep their colour while a body moves: the trunk between shoulders and hips,
and the thighs. Each is one colour in CIELAB, whose distances are about as large as the
eye finds them. No person is found or followed here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.media.picture_quality import measure_picture_quality
from sportsgpt_lib.pose.skeleton import keypoint_indices

# Chosen, see docs/adr/0006-pose.md: corners seen worse than this show something else.
MIN_CORNER_CONFIDENCE_RATIO = 0.2
# Chosen, see docs/adr/0006-pose.md: a median over this many pixels a side is steady.
_SAMPLES = 8
# Chosen, see docs/adr/0006-pose.md: samples keep off the edges of trunk and thigh, by
# this share of the width and length.
_MARGIN_RATIO = 0.15
# Chosen, see docs/adr/0006-pose.md: half the width of a thigh as a share of its length.
_THIGH_HALF_WIDTH_RATIO = 0.1
# Chosen, see docs/adr/0006-pose.md: shade changes with the light far more than hue.
LIGHTNESS_WEIGHT = 0.5

_TRUNK = keypoint_indices(["left_shoulder", "right_shoulder", "right_hip", "left_hip"])
_HIPS, _KNEES = (
    keypoint_indices([f"left_{joint}", f"right_{joint}"]) for joint in ("hip", "knee")
)
_INNER = np.linspace(_MARGIN_RATIO, 1 - _MARGIN_RATIO, _SAMPLES)
_ACROSS, _ALONG = (grid.ravel() for grid in np.meshgrid(_INNER, _INNER))
# Shares of the four corners of a quad in each sample, ``(64, 4)``, in their order round
# the quad.
_CORNER_SHARES = np.column_stack(
    [
        (1 - _ACROSS) * (1 - _ALONG),
        _ACROSS * (1 - _ALONG),
        _ACROSS * _ALONG,
        (1 - _ACROSS) * _ALONG,
    ]
)


@dataclass(frozen=True)
class Appearance:
    """How a person's crop and clothes look; NaN where it cannot be told.

    ``torso_lab`` and ``thigh_lab`` ``(3,)`` are CIELAB colours, see
    ``measure_clothes_lab``; ``brightness_ratio``, ``clipped_ratio`` (black or burnt
    out) and ``sharpness_ratio`` are of the crop, see media/picture_quality.py.
    """

    torso_lab: FloatArray
    thigh_lab: FloatArray
    brightness_ratio: float
    clipped_ratio: float
    sharpness_ratio: float

    @property
    def clothes_lab(self) -> tuple[FloatArray, FloatArray]:
        """Colours of trunk and thighs."""
        return self.torso_lab, self.thigh_lab


def describe_person(
    image_rgb: ByteImage, points: FloatArray, *, with_quality: bool
) -> Appearance | None:
    """Describe how a person looks; None where the body lies outside the picture.

    Parameters
    ----------
    image_rgb
        Picture ``(H, W, 3)``.
    points
        Keypoints ``(J, 3)``: x and y in pixels of that picture, confidence.
    with_quality
        Measure light and sharpness too; else they are NaN.
    """
    body = _cut_out_body(image_rgb, points)
    if body.size == 0:
        return None
    torso_lab, thigh_lab = measure_clothes_lab(image_rgb, points)
    quality = measure_picture_quality(body if with_quality else body[:0])
    return Appearance(
        torso_lab,
        thigh_lab,
        quality.brightness_ratio,
        quality.dark_ratio + quality.bright_ratio,
        quality.sharpness_ratio,
    )


def measure_clothes_lab(
    image_rgb: ByteImage, points: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Measure the colour of trunk and thighs.

    Parameters
    ----------
    image_rgb
        Picture ``(H, W, 3)``.
    points
        Keypoints ``(J, 3)``: x and y in pixels of that picture, confidence.

    Returns
    -------
    Median colour of the trunk and of the thighs, ``(3,)`` each: L* from 0 to 100, a*
    and b* from -128 to 127. NaN where the corners were not seen or more than half
    of the place lies outside the picture.
    """
    lab, is_inside = _sample_lab(image_rgb, _find_quads(points))
    is_shown = 2 * is_inside.sum(axis=1) >= is_inside.shape[1]
    counts = is_inside & is_shown[:, None]  # (3, N)
    return _median_lab(lab[:1], counts[:1]), _median_lab(lab[1:], counts[1:])


def compute_clothes_distance(
    first: tuple[FloatArray, FloatArray], second: tuple[FloatArray, FloatArray]
) -> float:
    """Compute how different two persons' clothes look.

    Returns
    -------
    Mean over trunk and thighs of the distance in CIELAB, lightness counted half; over
    the one that is known where the other is not; NaN where neither is.
    """
    return float(compute_clothes_distances(first, second))


def compute_clothes_distances(
    first: tuple[FloatArray, FloatArray], second: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """Compute the same for many pairs at once.

    Parameters
    ----------
    first, second
        Colours of trunk and thighs, ``(..., 3)`` each, that broadcast together.

    Returns
    -------
    Distances ``(...)``, as in :func:`compute_clothes_distance`.
    """
    weights = np.array([LIGHTNESS_WEIGHT, 1.0, 1.0])
    distances = np.stack(
        [
            np.linalg.norm(weights * (one - other), axis=-1)
            for one, other in zip(first, second, strict=True)
        ]
    )  # (2, ...)
    is_known = np.isfinite(distances)
    count = is_known.sum(axis=0)
    total = np.where(is_known, distances, 0.0).sum(axis=0)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _cut_out_body(image_rgb: ByteImage, points: FloatArray) -> ByteImage:
    """Cut out the upright box around all keypoints; empty outside the picture."""
    seen = points[np.isfinite(points[:, 0]), :2]
    if not seen.size:
        return image_rgb[:0, :0]
    left, top = np.maximum(np.floor(seen.min(axis=0)), 0).astype(np.int64)
    right, bottom = np.maximum(np.ceil(seen.max(axis=0)), 0).astype(np.int64)
    return image_rgb[top:bottom, left:right]


def _find_quads(points: FloatArray) -> FloatArray:
    """Find the corners ``(3, 4, 2)`` of trunk and thighs; NaN where one is not seen.

    A thigh is a strip, since between the legs lies the background.
    """
    is_sure = points[:, 2] >= MIN_CORNER_CONFIDENCE_RATIO
    seen = np.where(is_sure[:, None], points[:, :2], np.nan)
    hips, knees = seen[_HIPS], seen[_KNEES]
    along = knees - hips
    across = _THIGH_HALF_WIDTH_RATIO * np.column_stack([-along[:, 1], along[:, 0]])
    strips = np.stack([hips - across, hips + across, knees + across, knees - across], 1)
    return np.concatenate([seen[None, _TRUNK], strips])


def _sample_lab(
    image_rgb: ByteImage, quads: FloatArray
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Read colours ``(Q, N, 3)`` inside quads, and whether each lies in the picture."""
    import cv2

    height_px, width_px = image_rgb.shape[:2]
    # What is not seen, NaN, lies at -1 and so outside.
    places = np.floor(np.nan_to_num(_CORNER_SHARES @ quads, nan=-1.0)).astype(np.int64)
    columns, rows = places[..., 0], places[..., 1]
    is_inside = (columns >= 0) & (columns < width_px) & (rows >= 0) & (rows < height_px)
    pixels = image_rgb[rows * is_inside, columns * is_inside]
    lab: FloatArray = cv2.cvtColor(
        pixels.astype(np.float32) / np.iinfo(np.uint8).max, cv2.COLOR_RGB2LAB
    )
    return lab, is_inside


def _median_lab(lab: FloatArray, counts: npt.NDArray[np.bool_]) -> FloatArray:
    if not counts.any():
        return np.full(3, np.nan)
    return np.asarray(np.median(lab[counts], axis=0), dtype=np.float64)
