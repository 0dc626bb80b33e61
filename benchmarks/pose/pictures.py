"""A made picture and boxes for networks whose cost does not depend on what they see."""

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray


def build_picture() -> ByteImage:
    """Build a 1080p picture of smooth noise, always the same."""
    import cv2

    coarse = np.random.default_rng(0).integers(0, 256, (54, 96, 3), np.uint8)
    wide = cv2.resize(coarse, (1920, 1080), interpolation=cv2.INTER_CUBIC)
    return np.asarray(wide, dtype=np.uint8)


def build_boxes(count: int) -> FloatArray:
    """Place persons of many sizes in that picture; boxes ``(count, 4)``."""
    random = np.random.default_rng(count)
    heights_px = random.uniform(250.0, 800.0, count)
    lefts_px = random.uniform(0.0, 1500.0, count)
    tops_px = random.uniform(0.0, 250.0, count)
    return np.column_stack(
        [lefts_px, tops_px, lefts_px + heights_px * 0.4, tops_px + heights_px]
    )
