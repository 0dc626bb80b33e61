import matplotlib.image
import numpy as np
import pytest

from sportsgpt_lib.reporting.plots import Curve, Instant, plot_curve

TIMES_S = np.linspace(0.0, 2.0, 61)


def read_image(png: bytes) -> np.ndarray:
    from io import BytesIO

    return matplotlib.image.imread(BytesIO(png), format="png")


def curve(values: np.ndarray, title: str = "Left knee flexion") -> Curve:
    return Curve(title, "deg", TIMES_S, values)


def test_plot_is_a_png_of_small_size():
    png = plot_curve(curve(40 + 20 * np.sin(6 * TIMES_S)))
    assert png.startswith(b"\x89PNG")
    assert read_image(png).shape[1] < 1000


def test_target_and_keyframes_change_the_picture():
    values = 40 + 20 * np.sin(6 * TIMES_S)
    bare = read_image(plot_curve(curve(values)))
    marked = read_image(
        plot_curve(curve(values), [Instant(1.0, "left foot strike")], (30.0, 50.0))
    )
    assert not np.array_equal(bare, marked)


@pytest.mark.parametrize("target", [(30.0, None), (None, 50.0)])
def test_target_may_be_open_at_one_end(target):
    assert plot_curve(curve(TIMES_S * 30), target=target).startswith(b"\x89PNG")


def test_a_curve_of_gaps_only_still_gives_a_picture():
    png = plot_curve(curve(np.full(TIMES_S.size, np.nan)))
    assert png.startswith(b"\x89PNG")


def test_formula_signs_in_names_are_plain_text():
    png = plot_curve(curve(TIMES_S, title=r"$\frac{$"), [Instant(1.0, "$x_$")])
    assert png.startswith(b"\x89PNG")
