import re

import numpy as np
import pytest

from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.reporting.evidence_chart import CHART_WIDTH, draw_bars, draw_curves
from sportsgpt_lib.reporting.evidence_shots import BarPlan, CurvePlan

TIMES_S = np.linspace(1.0, 2.0, 11)


def list_rects(svg, style):
    found = re.findall(
        rf'<rect class="{style}" x="([-\d.]+)" y="[-\d.]+" width="([-\d.]+)"', svg
    )
    return [(float(x), float(x) + float(width)) for x, width in found]


def draw(parts, wanted_s):
    return str(draw_bars(BarPlan((("time", parts),), "toe-off", wanted_s), (), "words"))


def test_bar_and_band_share_one_scale():
    svg = draw(((1.0, 1.5),), (1.25, 1.75))
    ((start, end),), ((low, high),) = (
        list_rects(svg, "bar-time"),
        list_rects(svg, "band"),
    )
    per_s = (end - start) / 0.5
    assert (low - start) / per_s == pytest.approx(0.25, abs=0.01)
    assert (high - start) / per_s == pytest.approx(0.75, abs=0.01)


def test_time_that_runs_backwards_is_a_bar_to_the_left():
    svg = draw(((1.0, 0.9),), (1.0, None))
    ((start, end),), ((low, high),) = (
        list_rects(svg, "bar-time"),
        list_rects(svg, "band"),
    )
    assert 0.0 < start < end
    assert end == pytest.approx(low, abs=0.2)
    assert high <= CHART_WIDTH


def test_time_without_a_target_has_no_band():
    assert list_rects(draw(((1.0, 1.5),), (None, None)), "band") == []


def plot(values, low=None, high=None):
    signal = Signal(TIMES_S, values)
    plan = CurvePlan(
        "deg", ("knee",), (signal,), ((1.5, "largest"),), 1.0, "Toe-off", low, high
    )
    return str(draw_curves(plan, ("Target",), "in words"))


def test_gap_of_a_curve_stays_a_gap():
    values = np.arange(11.0)
    assert plot(values).count('class="curve first"') == 1
    values[5] = np.nan
    assert plot(values).count('class="curve first"') == 2


def test_band_open_upwards_reaches_the_top_and_has_one_limit():
    svg = plot(np.arange(11.0), low=4.0)
    limits = re.search(r'class="limit" d="([^"]+)"', svg)[1]
    assert limits.count("M") == 1
    assert 'aria-label="in words"' in svg
    assert "s from toe-off" in svg
