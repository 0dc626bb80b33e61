import re
from pathlib import Path

import pytest

from sportsgpt_lib.storage.sql_text import list_sql, load_sql
from sportsgpt_lib.storage.tables import KEPT_TABLES, TABLES, TABLES_BY_NAME
from sportsgpt_lib.storage.views import list_views

pytestmark = pytest.mark.integration

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "analysts.md"


def assert_same(left, right):
    assert len(left) == len(right) > 0
    for one, other in zip(left, right, strict=True):
        assert one == pytest.approx(other)


@pytest.mark.parametrize("view", list_views(), ids=lambda view: view.name)
def test_a_view_answers_alike_on_both_engines(view, ask_duckdb, ask_postgres):
    query = f"select * from {view.qualified_name}"  # noqa: S608
    answers = [sorted(ask(query), key=repr) for ask in (ask_duckdb, ask_postgres)]
    assert_same(*answers)


@pytest.mark.parametrize("name", list_sql("queries"))
def test_an_example_query_answers_alike_on_both_engines(name, ask_duckdb, ask_postgres):
    assert_same(ask_duckdb(load_sql(name)), ask_postgres(load_sql(name)))


@pytest.mark.parametrize("name", [*list_sql("queries"), *list_sql("queries/frames")])
def test_the_analysts_page_shows_the_query_that_is_tested(name):
    assert load_sql(name).strip() in _PAGE.read_text(encoding="utf-8")


def test_every_view_is_on_the_analysts_page():
    page = _PAGE.read_text(encoding="utf-8")
    assert [view.name for view in list_views() if view.qualified_name not in page] == []


def test_every_table_is_on_the_analysts_page_where_it_is_served():
    rows = {
        line.split(" ")[1]: set(re.findall(r"`(\w+)`", line.split(" | ")[0]))
        for line in _PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith(("| marts (", "| frame tables (", "| kept tables ("))
    }
    assert rows == {
        "marts": {table.name for table in TABLES if table.is_mart},
        "frame": {table.name for table in TABLES if not table.is_mart},
        "kept": {table.name for table in KEPT_TABLES},
    }


def test_every_error_and_every_word_of_repair_is_on_the_analysts_page():
    page = _PAGE.read_text(encoding="utf-8")
    for table in TABLES:
        for column in table.column_names:
            if "error" in column.split("_"):
                assert f"| `{table.name}` | `{column}` |" in page
    poses, repairs = TABLES_BY_NAME["athlete_poses"], TABLES_BY_NAME["pose_repairs"]
    mapped = page.partition("## Raw and repaired points")[2].partition("\n## ")[0]
    cells = [line.split(" | ") for line in mapped.splitlines() if " | " in line]
    words = {word for line in cells for word in re.findall(r"`(\w+)`", line[0])}
    rules = {rule for line in cells for rule in re.findall(r"`(\w+)`", line[1])}
    assert words == {*poses.column("repair").allowed}
    assert rules == {*repairs.column("rule").allowed}


def test_a_sentence_leads_to_its_facts_their_rows_and_the_clip(ask_duckdb):
    rows = ask_duckdb(
        "select sentence_no, fact_id, fact_kind, fact_value, value, clip_file, "
        "keyframe_time_s from training.sentence_evidence "
        "where session_day = '2026-01-15' order by fact_no"
    )
    assert [row[:3] for row in rows] == [(1, "M1", "metric"), (1, "C1", "count")]
    assert rows[0][3] == 40.0
    assert rows[0][5:] == ("ann.mp4", 1.25)
    assert rows[1][4:] == (None, None, None)


def test_overview_counts_recordings_repetitions_and_issues(ask_duckdb):
    rows = ask_duckdb(
        "select athlete_id, recording_count, usable_recording_count, repetition_count, "
        "median_score_points, reported_issue_count from training.session_overview "
        "where session_day = '2026-01-22' order by athlete_id"
    )
    assert rows == [("ann", 1, 1, 3, 6.5, 1), ("ben", 1, 0, 0, None, 0)]


def test_evidence_is_unrolled_and_joined_with_its_measurements(ask_duckdb):
    rows = ask_duckdb(
        "select indicator, contribution_ratio, value, keyframe_time_s "
        "from training.finding_evidence where session_day = '2026-01-15' "
        "order by item_idx"
    )
    assert rows == [("knee", 0.75, 50.0, 1.25), ("trunk", 0.25, 61.0, 1.25)]


def test_values_that_could_not_be_measured_are_not_among_metric_values(ask_duckdb):
    rows = ask_duckdb(
        "select indicator, is_inside_target from training.metric_values "
        "where session_day = '2026-01-15' order by indicator"
    )
    assert rows == [("knee", False), ("trunk", True)]


def test_completeness_counts_each_subject_by_its_worst_verdict(ask_duckdb):
    rows = ask_duckdb(
        "select subject_count, passed_count, warned_count, quarantined_count, "
        "rejected_count, published_ratio from training.partition_completeness"
    )
    assert rows == [(3, 1, 0, 1, 1, pytest.approx(1 / 3))] * 2


def test_the_latest_session_of_an_athlete_is_the_latest(ask_duckdb):
    rows = ask_duckdb(
        "select athlete_id, cast(session_day as text), repetition_count, "
        "median_score_points from training.athlete_latest"
    )
    assert rows == [("ann", "2026-01-22", 2, 6.5)]


def test_change_over_the_season_is_given_only_where_comparable(ask_duckdb):
    rows = ask_duckdb(
        "select indicator, median_change from training.season_latest order by indicator"
    )
    assert rows == [("knee", 10.0), ("trunk", None)]


def test_only_changes_larger_than_their_error_are_real(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/real_changes.sql"))
    assert [(row[3], row[9], row[10]) for row in rows] == [
        ("knee", 10.0, 8.0),
        ("trunk", 10.0, 8.0),
    ]


def test_habits_come_before_slips_and_what_never_showed_is_left_out(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/habits_of_latest_session.sql"))
    assert [(str(row[2]), row[5], row[6]) for row in rows] == [
        ("2026-01-22", "habit", 1),
        ("2026-01-22", "slip", 1),
    ]


def test_what_failed_lists_reason_and_fix_of_the_latest_day(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/what_failed.sql"))
    assert [(row[2], row[4], row[6]) for row in rows] == [
        ("ben.mp4", "QUARANTINE", "Give a hint."),
        ("dark.mp4", "REJECT", "Film the athlete."),
    ]


def test_frames_between_keyframes_of_published_recordings_only(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/frames/knee_flexion_curve.sql"))
    assert {row[2] for row in rows} == {"ann-1"}
    assert [row[4] for row in rows] == [1, 2, 3] * 2


def test_a_curve_runs_by_the_time_of_the_movement_not_of_the_clip(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/frames/knee_flexion_curve.sql"))
    assert [row[5] for row in rows] == [0.0, 0.25, 0.5] * 2


def test_the_rate_to_compare_by_is_the_cameras_own(ask_duckdb):
    rows = ask_duckdb(
        "select distinct frame_rate_hz, motion_rate_hz from training.metric_values"
    )
    assert rows == [(30.0, 60.0)]


def test_every_repaired_point_is_shown_beside_its_raw_one_or_none(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/frames/raw_and_repaired.sql"))
    assert [row[2:] for row in rows] == [
        ("ann-1", 0, 0.0, "left_knee", "none", 10.0, 20.0, 0.75, 13.0, 24.0, 5.0),
        ("ann-1", 1, 0.5, "left_knee", "gap_filled", *[None] * 3, 13.0, 24.0, None),
    ] * 2


def test_error_of_a_height_joins_scale_and_floor(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/frames/metres_with_error.sql"))
    metres = [row[5:9] for row in rows]
    assert metres == [pytest.approx((2.0, 1.0, 0.05, 0.04))] * 2


def test_pose_trust_says_where_a_stopped_pose_was_stopped_and_how_metres_came_about(
    ask_duckdb,
):
    rows = ask_duckdb(
        "select athlete_id, stop_limit, reason_code, scale_m_per_px, scale_reason "
        "from training.pose_trust where session_day = '2026-01-15' order by athlete_id"
    )
    assert rows == [
        ("ann", None, None, 0.01, "The height alone."),
        ("ben", 0.3, "athlete_barely_seen", None, None),
    ]


@pytest.mark.parametrize("view", list_views(), ids=lambda view: view.name)
def test_every_column_of_a_view_has_its_comment_on_both_engines(
    view, ask_duckdb, ask_postgres
):
    in_duckdb = ask_duckdb(
        "select column_name, comment from duckdb_columns() "  # noqa: S608
        f"where schema_name = 'training' and table_name = '{view.name}' "
        "order by column_index"
    )
    in_postgres = ask_postgres(
        "select attname, col_description(attrelid, attnum) from pg_attribute "  # noqa: S608
        f"where attrelid = '{view.qualified_name}'::regclass "
        "and attnum > 0 order by attnum"
    )
    assert in_duckdb == in_postgres == list(view.comments.items())
    assert all(comment for _, comment in in_duckdb)


def test_pose_to_look_at_shows_stopped_recordings_with_reason_and_fix(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/pose_to_look_at.sql"))
    assert [(row[2], row[6], row[8], row[10]) for row in rows] == [
        ("ben", 0.2, "QUARANTINE", "Film again.")
    ] * 2


def test_repairs_are_counted_by_rule_for_published_recordings(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/frames/repairs_by_rule.sql"))
    assert [row[2:] for row in rows] == [
        ("ann-1", "gap_filled", "left_knee", 1, 3, 0.5)
    ] * 2


def test_trust_in_keyframes_gives_the_interval_in_seconds_and_frames(ask_duckdb):
    rows = ask_duckdb(
        "select keyframe, lowest_time_s, highest_time_s, half_width_frames, "
        "event_offset_errors from training.keyframe_trust "
        "where session_day = '2026-01-15' order by keyframe"
    )
    assert rows == [
        pytest.approx(("foot_strike", 0.402, 0.598, 2.94, 4.0)),
        pytest.approx(("toe_off", 1.4804, 1.5196, 0.588, None)),
    ]


def test_only_doubtful_keyframes_are_to_be_looked_at(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/keyframes_to_look_at.sql"))
    assert [row[5] for row in rows] == ["foot_strike"] * 2


def test_the_search_lists_its_low_places_of_published_recordings(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/frames/where_was_it_found.sql"))
    assert {row[2] for row in rows} == {"ann-1"}
    assert [row[4:8] for row in rows] == [(0.5, 0.1, 0.4, 0), (1.5, 0.5, 0.4, None)] * 2


def test_athlete_and_target_model_are_compared_where_both_are_seen(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/frames/athlete_over_reference.sql"))
    assert [row[8] for row in rows] == [5.0, 5.0]


def test_each_coachs_latest_answer_counts_beside_the_thresholds(ask_duckdb):
    rows = ask_duckdb(
        "select agree_count, disagree_count, asking_count, threshold, unmoved_count, "
        "move_to_drop, value_to_drop, agreed_lost_count, keeps_agreed "
        "from training.feedback_on_thresholds order by threshold"
    )
    assert rows == [
        (1, 2, 1, "reported_probability", 0, pytest.approx(0.3), 0.8, 0, True),
        (1, 2, 1, "target_low", 0, 4.0, 51.0, 1, False),
        (1, 2, 1, "tolerance", 1, None, None, 0, False),
    ]


def test_the_share_that_agrees_has_wilsons_interval(ask_duckdb):
    rows = ask_duckdb(
        "select distinct agree_ratio, agree_low_ratio, agree_high_ratio "
        "from training.feedback_on_thresholds"
    )
    # Wilson's interval of 1 in 3, computed elsewhere.
    assert rows == [pytest.approx((1 / 3, 0.0615, 0.7923), abs=1e-4)]


def test_exercises_are_counted_with_their_reasons(ask_duckdb):
    rows = ask_duckdb(
        "select item_name, agree_count, disagree_count, wrong_dose_count, "
        "not_possible_count, measured_wrong_count from training.feedback_by_item "
        "order by item_kind"
    )
    assert rows == [("Marching", 1, 1, 0, 1, 0), ("Stiff knee", 1, 2, 0, 0, 1)]


def test_of_each_coach_the_latest_answer_to_a_session_counts(ask_duckdb):
    rows = ask_duckdb(
        "select given_by, answer, is_asking from training.coach_answers "
        "where item_kind = 'finding' order by session_day, given_by"
    )
    assert rows == [
        ("coach-1", "disagree", True),
        ("coach-2", "disagree", False),
        ("coach-1", "agree", False),
        ("coach-2", "no_opinion", False),
    ]


def test_what_no_threshold_answers_is_not_among_the_doubted(ask_duckdb):
    rows = ask_duckdb(load_sql("queries/thresholds_coaches_doubt.sql"))
    assert [(row[7], row[10]) for row in rows] == [
        ("reported_probability", 0.8),
        ("target_low", 51.0),
    ]
