import numpy as np
import pytest

from sportsgpt_lib.pose.appearance import (
    compute_clothes_distance,
    describe_person,
    measure_clothes_lab,
)
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (30, 160, 30)


def build_points(**places: tuple[float, float]) -> np.ndarray:
    points = np.full((len(KEYPOINTS), 3), [np.nan, np.nan, 0.0])
    for name, place in places.items():
        points[KEYPOINT_INDEX[name]] = (*place, 0.9)
    return points


def standing_points(left_px: float = 40.0) -> np.ndarray:
    right_px = left_px + 20
    return build_points(
        left_shoulder=(right_px, 20),
        right_shoulder=(left_px, 20),
        left_hip=(right_px, 60),
        right_hip=(left_px, 60),
        left_knee=(right_px, 100),
        right_knee=(left_px, 100),
    )


def picture(torso: tuple[int, ...], thighs: tuple[int, ...]) -> np.ndarray:
    """Green all over; a trunk, and two thighs with green between them."""
    image = np.full((120, 120, 3), GREEN, np.uint8)
    image[20:60, 38:62] = torso
    image[60:100, 34:46] = thighs
    image[60:100, 54:66] = thighs
    return image


def test_red_shirt_and_blue_trousers_are_told() -> None:
    torso, thighs = measure_clothes_lab(picture(RED, BLUE), standing_points())
    # CIELAB of sRGB (200, 30, 30) and (30, 30, 200), by IEC 61966-2-1 and CIE 15.
    assert torso == pytest.approx([43.2, 63.0, 45.2], abs=0.5)
    assert thighs == pytest.approx([27.8, 58.1, -83.9], abs=0.5)


def test_half_a_shirt_behind_an_arm_keeps_its_colour() -> None:
    image = picture(RED, BLUE)
    image[45:60, 38:62] = GREEN
    torso, _ = measure_clothes_lab(image, standing_points())
    assert torso == pytest.approx([43.2, 63.0, 45.2], abs=0.5)


@pytest.mark.parametrize("name", ["left_shoulder", "right_hip"])
def test_a_trunk_with_an_unseen_corner_has_no_colour(name: str) -> None:
    points = standing_points()
    points[KEYPOINT_INDEX[name], 2] = 0.1
    torso, thighs = measure_clothes_lab(picture(RED, BLUE), points)
    assert np.isnan(torso).all()
    assert np.isfinite(thighs).all()


def test_one_thigh_is_enough() -> None:
    points = standing_points()
    points[KEYPOINT_INDEX["left_knee"]] = (np.nan, np.nan, 0.0)
    _, thighs = measure_clothes_lab(picture(RED, BLUE), points)
    assert thighs == pytest.approx([27.8, 58.1, -83.9], abs=0.5)


def test_outside_the_picture_there_is_no_colour() -> None:
    points = standing_points(left_px=400)
    assert describe_person(picture(RED, BLUE), points, with_quality=True) is None


def test_light_is_measured_where_it_is_asked_for() -> None:
    look = describe_person(picture(RED, BLUE), standing_points(), with_quality=False)
    assert look is not None
    assert np.isfinite(look.torso_lab).all()
    assert np.isnan([look.brightness_ratio, look.sharpness_ratio]).all()


def test_brightness_is_that_of_the_body_and_not_of_the_picture() -> None:
    image = picture(RED, RED)
    image[20:100, 40:60] = 255
    look = describe_person(image, standing_points(), with_quality=True)
    assert look is not None
    assert look.clipped_ratio == pytest.approx(1.0)
    assert look.brightness_ratio == pytest.approx(1.0)


def test_shade_counts_less_than_hue() -> None:
    lit = measure_clothes_lab(picture(RED, RED), standing_points())
    shaded = measure_clothes_lab(
        picture((130, 10, 10), (130, 10, 10)), standing_points()
    )
    other = measure_clothes_lab(picture(BLUE, BLUE), standing_points())
    assert compute_clothes_distance(lit, lit) == 0
    assert compute_clothes_distance(lit, shaded) < 30
    assert compute_clothes_distance(lit, other) > 100


def test_clothes_never_seen_have_no_distance() -> None:
    unseen = (np.full(3, np.nan), np.full(3, np.nan))
    seen = measure_clothes_lab(picture(RED, BLUE), standing_points())
    assert np.isnan(compute_clothes_distance(seen, unseen))
    assert compute_clothes_distance(seen, (seen[0], unseen[1])) == 0
