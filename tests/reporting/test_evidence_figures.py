import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from sportsgpt_lib.reporting.distance_marks import PictureScale
from sportsgpt_lib.reporting.evidence_figures import draw_charts, draw_panels
from sportsgpt_lib.reporting.evidence_material import EvidenceMaterial, Measurement
from sportsgpt_lib.reporting.evidence_plan import plan_evidence
from sportsgpt_lib.reporting.evidence_words import describe_shot, write_shot_lines
from sportsgpt_lib.reporting.target_bar import Target
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.evidence_pictures import build_model_motion
from sportsgpt_lib.target_models.library import load_reference
from tests.reporting.evidence_case import build_repetition, find_indicator
from tests.reporting.walking_figure import build_poses

REFERENCE = load_reference("walking_stride", "schwartz2008_free")


def build(name, movement_name="walking_stride", side="left", *, model=True):
    movement = load_movement(movement_name)
    indicator = find_indicator(movement, name)
    repetition = build_repetition(movement)
    plan = plan_evidence(indicator, movement, repetition)
    target = indicator.target
    poses = build_poses(60)
    return EvidenceMaterial(
        indicator,
        movement,
        Measurement(
            indicator.title,
            plan.value,
            4.0,
            indicator.unit,
            Target(target.low, target.high, indicator.unit),
        ),
        plan,
        poses,
        PictureScale(1, 190.0, 0.0, (206.0, 0.0)),
        1.0,
        build_model_motion(REFERENCE, side) if model else None,
    )


def list_texts(svg):
    return unescape(" ".join(re.findall(r"<text[^>]*>([^<]*)<", str(svg))))


def test_target_model_stands_at_the_same_keyframe_as_the_athlete():
    material = build("knee_flexion_at_foot_strike")
    (panel,) = draw_panels(material)
    words = list_texts(panel)
    assert material.plan.shots[0].title == "Foot strike"
    assert "Target model schwartz2008_free@1. Foot strike" in words
    # The publication's knee flexion at 0 % of the cycle.
    assert "Model 6°" in words
    assert "Target −4 to 14°" in words
    assert "lengths of an average body" in words
    assert "trunk upright: not in the model" in words


@pytest.mark.parametrize("side", ["left", "right"])
def test_model_is_turned_to_the_side_of_the_repetition(side):
    motion = build_model_motion(REFERENCE, side)
    strike = motion.repetition.find_keyframe("foot_strike")
    assert motion.repetition.own_side == side
    value = motion.repetition.signals[f"{side}_knee_flexion"].value_at(strike.time_s)
    assert value == pytest.approx(REFERENCE.curves_deg[0, 1], abs=0.5)


def test_model_that_does_not_carry_the_quantity_is_named_and_not_drawn():
    (panel,) = draw_panels(build("foot_ahead_at_foot_strike"))
    words = list_texts(panel)
    assert "Target model schwartz2008_free@1 does not give" in words
    assert "outline" in words
    assert "Model " not in words.replace("Target model", "")


def test_without_a_model_the_range_is_drawn_and_no_reference_is_claimed():
    (panel,) = draw_panels(build("knee_flexion_at_foot_strike", model=False))
    words = list_texts(panel)
    assert "No target model; target range drawn on the athlete's outline" in words
    assert '<path class="wedge"' in panel


def test_athlete_who_is_not_seen_at_the_instant_has_no_outline():
    material = build("knee_flexion_at_foot_strike", model=False)
    gone = np.full_like(material.poses.positions_px, np.nan)
    blind = replace(material, poses=replace(material.poses, positions_px=gone))
    assert draw_panels(blind) == ()


def test_value_and_target_are_written_on_both_sides():
    material = build("knee_flexion_at_foot_strike", model=False)
    athlete = write_shot_lines(material, 0)
    (panel,) = draw_panels(material)
    for words in (material.measurement.measured, material.measurement.wanted):
        assert words in athlete
        assert words in list_texts(panel)
    assert "± 4°" in material.measurement.measured


def test_time_has_no_figure_but_a_bar_with_the_target_and_the_model():
    material = build("stride_time")
    assert draw_panels(material) == ()
    (chart,) = draw_charts(material)
    words = list_texts(chart)
    assert "Target 0.94 to 1.24 s (shaded)" in words
    assert "Target model schwartz2008_free@1: 1.03 s" in words
    assert chart.count('class="bar-time"') == 1
    assert '<rect class="band"' in chart


def test_curve_shows_the_instant_and_the_band():
    (chart,) = draw_charts(build("swing_knee_flexion"))
    assert chart.count('class="instant"') == 1
    assert '<rect class="band"' in chart
    assert "Target 50 to 70°" in list_texts(chart)


def test_words_say_what_the_picture_shows():
    words = describe_shot(build("knee_flexion_at_foot_strike"), 0)
    for part in ("Foot strike", "± 4°", "Target −4 to 14°", "left knee flexion"):
        assert part in words
    assert re.search(r"\d\.\d\d s into the clip", words)
