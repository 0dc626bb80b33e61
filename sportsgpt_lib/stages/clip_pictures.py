"""What can be seen at once in a clip in which nobody was found."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.media.picture_quality import compute_brightness_ratio

# Chosen, see docs/adr/0006-pose.md: somebody in such a picture is a shadow.
DARK_BRIGHTNESS_RATIO = 0.08
# Chosen, see docs/adr/0006-pose.md: noise and compression change a still picture by
# less than this, of the whole range; the thousandth that changes most counts.
STILL_CHANGE_RATIO = 0.05
_MOST_CHANGED_RATIO = 0.999
# One picture in this many is looked at, and one pixel in this many each way.
_PICTURE_STEP = 15
_PIXEL_STEP = 4


def describe_pictures(path: Path) -> str:
    """Say whether a clip's pictures are very dark or all alike.

    Returns
    -------
    The words to put behind a statement on the clip; empty where there is nothing to
    say.
    """
    brightness, change = _measure(path)
    if brightness < DARK_BRIGHTNESS_RATIO:
        return f", which are very dark (mean brightness {100 * brightness:.0f} %)"
    if change < STILL_CHANGE_RATIO:
        return ", which are all alike: nothing in them moves"
    return ""


def _measure(path: Path) -> tuple[float, float]:
    """Measure the mean brightness and the largest change since the first picture."""
    brightness, change = [], 0.0
    first: FloatArray | None = None
    for small in _sample(path):
        brightness.append(compute_brightness_ratio(small))
        levels = small.astype(np.float64) / np.iinfo(np.uint8).max
        if first is None:
            first = levels
        else:
            changes = np.abs(levels - first).max(axis=2)
            change = max(change, float(np.quantile(changes, _MOST_CHANGED_RATIO)))
    return float(np.mean(brightness)), change


def _sample(path: Path) -> Iterator[ByteImage]:
    for frame in read_frames(path):
        if frame.index % _PICTURE_STEP == 0:
            yield np.ascontiguousarray(frame.image_rgb[::_PIXEL_STEP, ::_PIXEL_STEP])
