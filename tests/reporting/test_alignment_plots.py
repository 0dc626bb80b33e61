import cv2
import numpy as np
import pytest

from sportsgpt_lib.reporting.alignment_plots import (
    PlottedInstant,
    PlottedPair,
    PlottedSearch,
    PlottedSpan,
    choose_panels,
    plot_alignment,
    plot_costs,
)

TIMES_S = np.linspace(1.0, 2.0, 51)


def pair(quantity, range_deg, *, athlete=None):
    reference = range_deg * np.sin(np.pi * (TIMES_S - 1.0))
    seen = reference + 3.0 if athlete is None else athlete
    return PlottedPair(quantity, "deg", TIMES_S, seen, reference)


def decode(png):
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR).astype(int)


def has_colour(image, rgb):
    return (np.abs(image - np.array(rgb[::-1])).max(axis=2) < 12).any()


BLUE, VERMILION = (0, 114, 178), (179, 74, 0)


def test_the_quantities_that_move_most_are_shown_and_sides_share_a_panel():
    pairs = [
        pair("trunk_lean", 5.0),
        pair("left_knee_flexion", 60.0),
        pair("right_knee_flexion", 40.0),
        pair("left_thigh_angle", 30.0),
        pair("left_elbow_flexion", 20.0),
        pair("left_ankle_dorsiflexion", 10.0),
    ]
    panels = choose_panels(pairs)
    assert list(panels) == [
        *("knee_flexion", "thigh_angle", "elbow_flexion", "ankle_dorsiflexion")
    ]
    assert [one.quantity for one in panels["knee_flexion"]] == [
        "left_knee_flexion",
        "right_knee_flexion",
    ]


def test_an_alignment_shows_both_sides_and_grows_with_its_panels():
    instants = [PlottedInstant("foot_strike", "left", 1.2, 0.02)]
    one = decode(plot_alignment([pair("left_knee_flexion", 60.0)], instants, "one"))
    assert has_colour(one, BLUE)
    assert not has_colour(one, VERMILION)
    two = decode(
        plot_alignment(
            [pair("left_knee_flexion", 60.0), pair("right_thigh_angle", 30.0)],
            instants,
            "two",
        )
    )
    assert has_colour(two, VERMILION)
    assert two.shape[0] > one.shape[0]
    assert two.shape[1] == one.shape[1]


def test_a_keyframes_band_is_as_wide_as_its_interval():
    def count_band(error_s):
        instants = [PlottedInstant("release", "both", 1.5, error_s)]
        image = decode(plot_alignment([pair("trunk_lean", 20.0)], instants, "x"))
        row = image[image.shape[0] // 2]
        return np.count_nonzero((row < 250).all(axis=1) & (row > 180).all(axis=1))

    assert count_band(0.04) == pytest.approx(2 * count_band(0.02), rel=0.2)


def test_angles_that_were_not_seen_are_no_reason_to_fail():
    unseen = np.full(51, np.nan)
    assert plot_alignment([pair("left_knee_flexion", 60.0, athlete=unseen)], [], "x")


def test_the_cost_curve_shows_both_legs_the_limit_and_what_was_found():
    costs = 0.5 + 0.4 * np.cos(6.0 * TIMES_S)
    costs[:5] = np.nan
    searches = [
        PlottedSearch("left", TIMES_S, costs, 0.4),
        PlottedSearch("right", TIMES_S, costs[::-1], 0.4),
    ]
    bare = decode(plot_costs(searches, [], "x"))
    assert has_colour(bare, BLUE)
    assert has_colour(bare, VERMILION)
    spans = [PlottedSpan(1, "left", 1.1, 1.6)]
    found = decode(plot_costs(searches[:1], spans, "x"))
    blue = np.abs(found - np.array(BLUE[::-1])).max(axis=2) < 12
    widest = blue.sum(axis=1).max()
    assert 0.4 < widest / (0.9 * found.shape[1]) < 0.6


def test_a_search_without_any_cost_is_drawn_all_the_same():
    empty = PlottedSearch("both", TIMES_S, np.full(51, np.nan), 0.4)
    assert plot_costs([empty], [], "x")
    assert plot_costs([PlottedSearch("both", np.empty(0), np.empty(0), 0.4)], [], "x")
