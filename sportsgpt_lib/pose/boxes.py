"""Arithmetic of person boxes: overlap and the removal of duplicates."""

import numpy as np

from sportsgpt_lib.arrays import FloatArray


def compute_overlap_ratios(box_px: FloatArray, boxes_px: FloatArray) -> FloatArray:
    """Compute intersection over union of one box ``(4,)`` with boxes ``(N, 4)``."""
    upper_left = np.maximum(box_px[:2], boxes_px[:, :2])
    lower_right = np.minimum(box_px[2:4], boxes_px[:, 2:4])
    common = np.prod(np.clip(lower_right - upper_left, 0.0, None), axis=1)
    areas = np.prod(boxes_px[:, 2:4] - boxes_px[:, :2], axis=1)
    own_area = np.prod(box_px[2:4] - box_px[:2])
    return np.asarray(common / (areas + own_area - common))


def keep_best_boxes(boxes_px: FloatArray, max_overlap_ratio: float) -> FloatArray:
    """Drop boxes that overlap a better one.

    Parameters
    ----------
    boxes_px
        Boxes ``(N, 5)``: x0, y0, x1, y1 and score.
    max_overlap_ratio
        Intersection over union above which two boxes show the same person.

    Returns
    -------
    The kept boxes, best first.
    """
    waiting = boxes_px[np.argsort(-boxes_px[:, 4], kind="stable")]
    kept = []
    while waiting.size:
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        overlaps = compute_overlap_ratios(best[:4], waiting[:, :4])
        waiting = waiting[overlaps <= max_overlap_ratio]
    return np.array(kept).reshape(-1, 5)
