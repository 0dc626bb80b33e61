import numpy as np
import pytest

from sportsgpt_lib.kinematics.picture_scale import find_picture_scale
from sportsgpt_lib.kinematics.stature import Stature
from sportsgpt_lib.session.calibration import Calibration

SIZE_PX = (2000, 1000)
STATURE = Stature(px=600.0, error_ratio=0.045, change_ratio=0.0, growth_per_px=0.0)
UNSEEN = Stature(np.nan, np.nan, np.nan, np.nan)


def _mark(kind="object", end=(0.5, 0.4), length_m=1.5, **more):
    return Calibration(kind=kind, start=(0.5, 0.9), end=end, length_m=length_m, **more)


def _find(stature=STATURE, height_m=None, calibration=None, view="sagittal"):
    return find_picture_scale(stature, height_m, calibration, view, SIZE_PX)


def test_a_calibration_is_believed_before_the_height():
    scale = _find(height_m=1.80, calibration=_mark())
    assert scale.method == "calibration_object"
    assert scale.m_per_px == pytest.approx(1.5 / 500.0)
    assert scale.reasons == ()


def test_a_distance_on_the_floor_is_named_as_what_it_is():
    mark = _mark("distance", end=(0.75, 0.9), length_m=1.5)
    assert _find(calibration=mark).method == "known_distance"


def test_a_length_of_its_own_is_enough_without_a_seen_athlete():
    assert _find(UNSEEN, calibration=_mark()).m_per_px == pytest.approx(0.003)


def test_a_short_object_is_marked_less_exactly_than_a_long_one():
    # Both 3 mm a pixel, so that the distance of the camera is the same.
    short = _find(calibration=_mark(end=(0.5, 0.85), length_m=0.15))
    long = _find(calibration=_mark())
    assert short.error_ratio**2 - long.error_ratio**2 == pytest.approx(
        8.0 * (1 / 50.0**2 - 1 / 500.0**2)
    )


def test_a_stated_error_replaces_the_assumed_one():
    assumed = _find(calibration=_mark())
    stated = _find(calibration=_mark(error_m=0.15))
    assert stated.error_ratio**2 - assumed.error_ratio**2 == pytest.approx(
        0.1**2 - 0.01**2
    )


def test_from_farther_away_leaving_the_plane_matters_less():
    near = _find(calibration=_mark())
    far = _find(calibration=_mark(length_m=4.5))
    assert far.error_ratio < near.error_ratio / 1.5


@pytest.mark.parametrize(
    ("height_m", "length_m", "ratio"), [(4.10, 3.0, "1.14"), (2.40, 1.5, "1.33")]
)
def test_lengths_that_disagree_give_no_scale_and_say_so(height_m, length_m, ratio):
    # 1.5 m and 3 m are 3 and 6 mm a pixel: the athlete measures 1.80 and 3.60 m.
    scale = _find(height_m=height_m, calibration=_mark(length_m=length_m))
    assert (scale.method, scale.m_per_px, scale.error_ratio) == ("none", None, None)
    assert f"{ratio} times" in scale.reasons[0]


def test_an_error_just_beyond_the_limit_is_not_written_as_the_limit():
    limit = np.hypot(0.1502, 0.015 / 1.8)
    own = np.sqrt(limit**2 - 2.0 * (0.015 / 1.8) ** 2)
    scale = _find(Stature(600.0, own, 0.0, 0.0), height_m=1.80)
    assert "would be 15.02%; allowed: at most 15%" in scale.reasons[0]


@pytest.mark.parametrize("view", ["frontal", "oblique", "unknown"])
def test_a_distance_along_the_floor_is_refused_unless_seen_from_the_side(view):
    mark = _mark("distance", end=(0.75, 0.9))
    alone = _find(calibration=mark, view=view)
    assert alone.method == "none"
    assert view in alone.reasons[0]
    beside_height = _find(height_m=1.80, calibration=mark, view=view)
    assert beside_height.method == "athlete_height"
    assert view in beside_height.reasons[0]


def test_an_upright_object_keeps_its_length_from_every_side():
    assert _find(calibration=_mark(), view="oblique").method == "calibration_object"
    leaning = _mark(end=(0.75, 0.6))
    assert _find(calibration=leaning, view="oblique").method == "none"


def test_an_athlete_who_comes_nearer_widens_the_error_and_is_told():
    nearing = Stature(600.0, 0.045, 0.20, 0.0)
    scale = _find(nearing, height_m=1.80)
    assert scale.error_ratio == pytest.approx(
        np.hypot(np.hypot(0.045, 0.015 / 1.8), 0.2 / np.sqrt(12.0))
    )
    assert "grows by 20%" in scale.reasons[0]


def test_an_athlete_who_comes_much_nearer_has_no_one_scale():
    scale = _find(Stature(600.0, 0.045, -0.60, 0.0), height_m=1.80)
    assert (scale.method, scale.m_per_px, scale.error_ratio) == ("none", None, None)
    assert "shrinks by 60%" in scale.reasons[0]
    assert "allowed: at most 15%" in scale.reasons[1]
