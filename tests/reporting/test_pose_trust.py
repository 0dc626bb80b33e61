import re

import pytest

from sportsgpt_lib.reporting.pose_trust import build_pose_trust, summarise_repairs
from sportsgpt_lib.reporting.session_page import render_session_page
from tests.reporting.session_rows import (
    RECORDING,
    build_geometry,
    build_page_data,
    build_recording,
    build_tables,
    build_trust,
    measure,
    repair,
    table,
    verdict,
)


def build_view(**changes):
    return build_pose_trust(build_recording(), build_trust(**changes))


def render(tables=None):
    return render_session_page(build_page_data(tables, trust=build_trust()))


def test_repairs_are_summed_up_by_rule_with_each_frame_counted_once():
    filled, swapped = build_view().repairs
    assert (filled.rule, filled.count, filled.frame_count) == ("Gap filled", 3, 11)
    assert filled.joints == "left knee, right hip"
    assert filled.lowest_confidence == "55 %"
    assert swapped.joints == "whole person"


def test_many_joints_are_named_by_the_most_frequent():
    rows = [
        repair("outlier_dropped", idx, keypoint=name)
        for idx, name in enumerate(["nose", "neck", "hip", "head", "neck", "left_toe"])
    ]
    assert summarise_repairs(rows)[0].joints == "neck, nose, hip, head and 1 more"


def test_worst_pose_verdict_is_the_answer_and_later_stages_do_not_count():
    own = {"subject_id": RECORDING, "athlete_id": "walker-a"}
    rows = [
        verdict("PASS", "a.mp4", stage="pose_tracks", **own),
        verdict("WARN", "a.mp4", stage="athlete_poses", reason="doubt", **own),
        verdict("QUARANTINE", "a.mp4", stage="findings", reason="odd", **own),
    ]
    view = build_view(quality_verdicts=rows)
    assert view.word == "WARN"
    assert [part.word for part in view.verdicts] == ["PASS", "WARN"]


def test_measures_say_value_unit_limits_and_fix_the_worst_first():
    swapped, margin, sharp = build_view().measures
    assert (margin.value, margin.limit) == (
        "0.62 body heights",
        "warn 0.3 body heights",
    )
    assert (swapped.limit, swapped.word) == ("warn 0.05, stop 0.35", "WARN")
    assert swapped.fix == "film with more light"
    assert (sharp.value, sharp.limit) == ("not measured", "none")


def test_athlete_is_named_by_track_with_the_lead():
    facts = dict(build_view().facts)
    assert facts["Athlete"] == (
        "person 1 of 2 people tracked in the clip; lead over the next 0.62 body heights"
    )
    alone = dict(build_view(pose_quality=[measure("athlete_margin", None)]).facts)
    assert "nobody else came into question" in alone["Athlete"]


def test_scale_roll_and_floor_are_given_with_their_errors():
    facts = dict(build_view().facts)
    assert facts["Scale"] == "4.60 mm/px ± 3 % from the athlete's stated height"
    assert facts["Camera roll"].startswith("−0.8 ± 0.4°")
    assert facts["Floor line"].startswith("900.0 ± 3.2 px")


@pytest.mark.parametrize("reason", ["no height is stated", None])
def test_unknown_scale_says_why_and_that_nothing_is_in_metres(reason):
    geometry = build_geometry(
        scale_method="none",
        scale_m_per_px=None,
        scale_error_ratio=None,
        scale_reason=reason,
        floor_level_px=None,
        camera_roll_deg=None,
    )
    facts = dict(build_view(camera_geometry=[geometry]).facts)
    assert "no value in metres" in facts["Scale"]
    assert (reason or "not known") in facts["Scale"]
    assert facts["Floor line"] == "no foot was seen standing"
    assert facts["Camera roll"] == "not known"


def test_page_answers_in_the_recordings_section_with_lazy_pictures():
    html = render()
    assert html.count("Can this pose be trusted?") == 1
    athlete = html.partition('<article class="athlete"')[2]
    assert "Can this pose be trusted?" in athlete
    pictures = re.findall(r'<img src="(?:sheet|plot)[^>]*>', html)
    assert len(pictures) == 2
    assert all('loading="lazy"' in tag and 'alt=""' not in tag for tag in pictures)


def test_recording_that_was_not_judged_is_answered_beside_the_verdicts():
    tables = build_tables()
    tables["kismam_metrics"] = tables["kismam_metrics"].clear()
    html = render(tables)
    before = html.partition('<article class="athlete"')[0]
    assert "Poses of recordings that could not be judged" in before
    assert html.count("Can this pose be trusted?") == 1


def test_recording_that_was_stopped_at_the_door_has_no_answer():
    tables = build_tables()
    tables["recordings"] = table("recordings", [build_recording(verdict="REJECT")])
    assert "Can this pose be trusted?" not in render(tables)


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (0.0, "stands"),
        (-0.4, "follows: standing feet move at 0.40"),
        (None, "not known"),
    ],
)
def test_camera_that_follows_is_told_from_one_that_stands(speed, words):
    geometry = build_geometry(camera_speed_body_heights_s=speed)
    facts = dict(build_view(camera_geometry=[geometry]).facts)
    assert facts["Camera"].startswith(words)
