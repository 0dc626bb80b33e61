import numpy as np
import pytest

from sportsgpt_lib.pose.boxes import compute_overlap_ratios, keep_best_boxes


def test_overlap_is_intersection_over_union() -> None:
    box = np.array([0.0, 0, 10, 10])
    others = np.array([[0.0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]])
    assert compute_overlap_ratios(box, others) == pytest.approx([1, 50 / 150, 0])


def test_the_best_of_overlapping_boxes_stays() -> None:
    boxes = np.array([[0.0, 0, 10, 10, 0.7], [1, 0, 11, 10, 0.9], [30, 0, 40, 10, 0.8]])
    kept = keep_best_boxes(boxes, 0.4)
    assert kept[:, 4].tolist() == [0.9, 0.8]


def test_no_boxes_stay_no_boxes() -> None:
    assert keep_best_boxes(np.empty((0, 5)), 0.4).shape == (0, 5)
