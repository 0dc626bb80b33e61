"""How well a part of a picture shows somebody: brightness, clipping, sharpness.

Pure numbers on a crop; what they mean for a clip is judged elsewhere.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import ByteImage

# Chosen, see docs/adr/0006-pose.md: the outer 3 % of the range, where cameras lose
# differences; lossy codecs spread a clipped area by a few steps.
DARK_LEVEL, BRIGHT_LEVEL = 8, 247
# Chosen, see docs/adr/0006-pose.md: persons of any size are compared at this one, where
# blur by a hundredth of the body's height begins to count.
SHARPNESS_SIZE_PX = 96
_REBLUR_PX = 5
_BRIGHTEST_LEVEL = 255
# Smaller whole steps first, of at least twice the final size: far faster than one step.
_COARSE_SIZE_PX = 2 * SHARPNESS_SIZE_PX


@dataclass(frozen=True)
class PictureQuality:
    """Measures of one crop, each from 0 to 1; NaN = cannot be known.

    ``brightness_ratio`` as in ``compute_brightness_ratio``; ``dark_ratio`` and
    ``bright_ratio`` are the shares of clipped pixels, as in ``compute_clipped_ratios``;
    ``sharpness_ratio`` as in ``compute_sharpness_ratio``.
    """

    brightness_ratio: float
    dark_ratio: float
    bright_ratio: float
    sharpness_ratio: float


def measure_picture_quality(crop_rgb: ByteImage) -> PictureQuality:
    """Take all measures of a crop ``(H, W, 3)`` at once; an empty one gives NaN."""
    if crop_rgb.size == 0:
        return PictureQuality(np.nan, np.nan, np.nan, np.nan)
    luma = _compute_luma(crop_rgb)
    dark_ratio, bright_ratio = _clipped_ratios(luma)
    return PictureQuality(
        _brightness_ratio(luma), dark_ratio, bright_ratio, _sharpness_ratio(luma)
    )


def compute_brightness_ratio(crop_rgb: ByteImage) -> float:
    """Compute the mean luma of a crop.

    Parameters
    ----------
    crop_rgb
        Picture ``(H, W, 3)``, RGB of 8 bits.

    Returns
    -------
    0 (black) to 1 (white), of the values as stored, which follow the eye and not the
    light: 0.5 is a fifth of white's light. NaN for an empty crop.

    Source
    ------
    Luma: ITU-R BT.601-7, section 2.5.1.
    """
    return measure_picture_quality(crop_rgb).brightness_ratio


def compute_clipped_ratios(crop_rgb: ByteImage) -> tuple[float, float]:
    """Compute which shares of a crop have no detail left, in the dark and the bright.

    Parameters
    ----------
    crop_rgb
        Picture ``(H, W, 3)``, RGB of 8 bits.

    Returns
    -------
    Share of pixels of luma ``DARK_LEVEL`` or less, and of ``BRIGHT_LEVEL`` or more.
    NaN for an empty crop.
    """
    quality = measure_picture_quality(crop_rgb)
    return quality.dark_ratio, quality.bright_ratio


def compute_sharpness_ratio(crop_rgb: ByteImage) -> float:
    """Compute how much of a crop's detail blurring it once more takes away.

    A sharp picture loses much by it, a blurred one little. The worst of four directions
    counts, so that motion blur in any one is seen. The crop is brought to
    ``SHARPNESS_SIZE_PX`` at its longer side first: the figure tells blur in relation to
    what the crop shows, not to the camera's pixels.

    Parameters
    ----------
    crop_rgb
        Picture ``(H, W, 3)``, RGB of 8 bits, with little around the person: what stands
        still behind somebody in motion is sharp.

    Returns
    -------
    0 to 1; NaN for a crop that is empty or all of one brightness.

    Notes
    -----
    Eleven sharp persons in six real clips measured 0.55 to 0.66. Blur by (standard
    deviation) 0.25, 0.5, 1, 2 and 4 % of the body's height brought the median of 0.57
    to 0.55, 0.48, 0.34, 0.18 and 0.12; motion over 1, 2, 4 and 8 % of it, in whatever
    direction, to 0.57, 0.52, 0.44 and 0.31 at most. Pictures at 0.4 of the brightness
    measured the same within 0.01. A person smaller than ``SHARPNESS_SIZE_PX`` measures
    less (0.48 at 64 px), since there is less to see. Strong noise in the dark hides
    blur.

    Source
    ------
    Crete, Dolmière, Ladret, Nicolas: "The blur effect: perception and estimation with a
    new no-reference perceptual blur metric", Proc. SPIE 6492 (2007), equations 1 to 6;
    two diagonals added, and one minus it.
    """
    return measure_picture_quality(crop_rgb).sharpness_ratio


def _compute_luma(crop_rgb: ByteImage) -> ByteImage:
    import cv2

    luma: ByteImage = cv2.cvtColor(crop_rgb, cv2.COLOR_RGB2GRAY)
    return luma


def _brightness_ratio(luma: ByteImage) -> float:
    import cv2

    return float(cv2.mean(luma)[0]) / _BRIGHTEST_LEVEL


def _clipped_ratios(luma: ByteImage) -> tuple[float, float]:
    dark_count = int(np.count_nonzero(luma <= DARK_LEVEL))
    bright_count = int(np.count_nonzero(luma >= BRIGHT_LEVEL))
    return dark_count / luma.size, bright_count / luma.size


def _sharpness_ratio(luma: ByteImage) -> float:
    import cv2

    small = _resize(luma).astype(np.float32)
    along = np.full((1, _REBLUR_PX), 1 / _REBLUR_PX, np.float32)
    falling = np.eye(_REBLUR_PX, dtype=np.float32) / _REBLUR_PX
    rising = np.ascontiguousarray(falling[::-1])
    directions = (
        (along, np.s_[:, 1:], np.s_[:, :-1]),
        (along.T, np.s_[1:], np.s_[:-1]),
        (falling, np.s_[1:, 1:], np.s_[:-1, :-1]),
        (rising, np.s_[1:, :-1], np.s_[:-1, 1:]),
    )
    ratios = []
    for kernel, onward, back in directions:
        blurred = cv2.filter2D(small, -1, kernel, borderType=cv2.BORDER_REFLECT_101)
        steps = np.abs(small[onward] - small[back])
        lost = steps - np.abs(blurred[onward] - blurred[back])
        total = float(steps.sum())
        if total > 0:
            ratios.append(float(np.maximum(lost, 0).sum()) / total)
    return min(ratios, default=np.nan)


def _resize(luma: ByteImage) -> ByteImage:
    """Bring the longer side to ``SHARPNESS_SIZE_PX``."""
    import cv2

    whole_step = max(luma.shape) // _COARSE_SIZE_PX
    if whole_step > 1:
        height, width = (max(side // whole_step, 1) for side in luma.shape)
        cut = luma[: height * whole_step, : width * whole_step]
        luma = cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)
    scale = SHARPNESS_SIZE_PX / max(luma.shape)
    height, width = (max(round(side * scale), 1) for side in luma.shape)
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized: ByteImage = cv2.resize(luma, (width, height), interpolation=kind)
    return resized
