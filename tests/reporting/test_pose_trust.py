import re

import pytest

from sportsgpt_lib.reporting.pose_trust import build_pose_trust
from sportsgpt_lib.reporting.repair_views import describe_repaired, summarise_repairs
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
    assert (filled.point_count, swapped.point_count) == (16, None)
    assert filled.joints == "left knee, right hip"
    assert filled.lowest_confidence == "55 %"
    assert swapped.joints == "whole person"


def test_point_that_was_dropped_and_filled_is_repaired_once():
    rows = [repair("outlier_dropped", 0), repair("gap_filled", 1)]
    assert describe_repaired(rows) == "5 points repaired in 5 frames"
    rows += [repair("outlier_dropped", 2, keypoint="neck", last_frame_idx=10)]
    assert describe_repaired(rows) == "6 points repaired in 5 frames"


def test_filter_and_open_gaps_are_no_repairs():
    rows = [repair("low_pass_filtered", 0), repair("gap_left_open", 1)]
    assert describe_repaired(rows) == "no point repaired"
    one = repair("gap_filled", 2, last_frame_idx=10)
    assert describe_repaired([*rows, one]) == "1 point repaired in 1 frame"
    assert "11 points" not in render()
    assert "16 points repaired in 11 frames, contact sheet" in render()


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
        "warns below 0.3 body heights",
    )
    assert swapped.value == "6 %"
    assert swapped.limit == "warns above 5 %, stops above 35 %"
    assert swapped.word == "WARN"
    assert swapped.fix == "film with more light"
    assert (sharp.value, sharp.limit) == ("not measured", "none")


@pytest.mark.parametrize(
    ("name", "value", "changes", "words", "limit"),
    [
        ("swapped_share", 0.053, {"warn_limit": 0.05}, "5.3 %", "warns above 5 %"),
        ("seen_share", 0.8996, {"warn_limit": 0.9}, "89.96 %", "warns below 90 %"),
        ("seen_share", 1.0, {"stop_limit": 0.3}, "100 %", "stops below 30 %"),
        (
            "frame_rate",
            23.976,
            {"warn_limit": 24.0, "unit": "Hz"},
            "23.98 Hz",
            "warns below 24 Hz",
        ),
        ("sharpness", 0.6233, {"warn_limit": 0.4}, "0.62", "warns below 0.4"),
        (
            "track_breaks",
            2.0,
            {"warn_limit": 1.0, "unit": "count"},
            "2",
            "warns above 1",
        ),
    ],
)
def test_value_never_looks_like_its_limit_and_the_limit_names_its_side(
    name, value, changes, words, limit
):
    (view,) = build_view(pose_quality=[measure(name, value, **changes)]).measures
    assert (view.value, view.limit) == (words, limit)


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
    assert "Poses of recordings that were not judged" in before
    assert html.count("Can this pose be trusted?") == 1


def test_an_exemplar_is_named_as_one():
    tables = build_tables()
    for name in ("kismam_metrics", "recordings"):
        tables[name] = tables[name].clear()
    tables["recordings"] = table("recordings", [build_recording(role="reference")])
    assert "exemplar, for a target model" in render(tables)
    assert "exemplar, for" not in render(build_tables())


def test_recording_that_was_stopped_at_the_door_has_no_answer():
    tables = build_tables()
    tables["recordings"] = table("recordings", [build_recording(verdict="REJECT")])
    assert "Can this pose be trusted?" not in render(tables)


@pytest.mark.parametrize(
    ("speed", "is_moving", "words"),
    [
        (0.0, False, "stood"),
        (0.05, False, "stood"),
        (-0.4, True, "moved: standing feet moved at 0.40 body heights a second"),
        (None, None, "could not be told whether it stood"),
    ],
)
def test_camera_that_moved_is_told_from_one_that_stood(speed, is_moving, words):
    geometry = build_geometry(
        camera_speed_body_heights_s=speed, is_camera_moving=is_moving
    )
    facts = dict(build_view(camera_geometry=[geometry]).facts)
    assert facts["Camera"] == words
