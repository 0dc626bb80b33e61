import numpy as np
import pytest

from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS, compute_quantities
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.reporting.distance_marks import (
    DistanceMark,
    PictureScale,
    draw_distance,
    find_mark,
)
from tests.oracles.walking import build_walk

WALK = build_walk().sequence
MEASURED = compute_quantities(WALK)
ALONG_THE_WAY = ("hip_forward", "centre_of_mass_forward")
DISTANCES = [
    name
    for name, unit in QUANTITY_UNITS.items()
    if unit == "body_heights" and name not in ALONG_THE_WAY
]
PLACES = slice(10, 60, 10)


def build_scale(*, floor=True):
    level = (MEASURED.floor.level_px, MEASURED.floor.slope) if floor else None
    return PictureScale(MEASURED.facing.sign, MEASURED.stature_px, 0.0, level)


@pytest.mark.parametrize("quantity", DISTANCES)
def test_drawn_distance_is_the_measured_one(quantity):
    drawn = [
        find_mark(quantity, pose, build_scale()).drawn
        for pose in WALK.positions_px[PLACES]
    ]
    # A floor that slopes is met straight below, not square to it.
    np.testing.assert_allclose(drawn, MEASURED.values[quantity][PLACES], atol=2e-3)


@pytest.mark.parametrize("quantity", ALONG_THE_WAY)
def test_place_along_the_way_has_no_mark(quantity):
    assert find_mark(quantity, WALK.positions_px[10], build_scale()) is None


def test_height_without_a_floor_has_no_mark():
    pose = WALK.positions_px[10]
    assert find_mark("hip_height", pose, build_scale(floor=False)) is None
    assert find_mark("left_foot_forward", pose, build_scale(floor=False)) is not None


def test_unseen_end_has_no_mark():
    pose = WALK.positions_px[10].copy()
    pose[KEYPOINT_INDEX["left_ankle"]] = np.nan
    assert find_mark("left_foot_forward", pose, build_scale()) is None


def test_target_lies_where_a_point_at_that_distance_would_be():
    mark = find_mark("left_foot_forward", WALK.positions_px[10], build_scale())
    assert isinstance(mark, DistanceMark)
    np.testing.assert_allclose(mark.place_at(mark.drawn), mark.end, atol=1e-6)
    image = np.zeros((WALK.height_px, WALK.width_px, 3), np.uint8)
    draw_distance(image, mark, 3.0)
    assert image.any()
