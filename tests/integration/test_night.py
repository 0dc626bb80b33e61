"""One night from raw video to report, with every kind of bad file beside the good."""

import json
from pathlib import Path
from typing import Any

import av
import polars as pl
import pytest

from sportsgpt_lib.session.clips import find_clips
from tests.integration.conftest import Night
from tests.integration.data_home import MARTS
from tests.integration.footage import GOOD, NAMED_AND_BAD, UNNAMED

pytestmark = pytest.mark.integration

EXPECTED_REASONS = {
    "cut-off.mp4": "corrupt_video",
    "empty.mp4": "empty_file",
    "notes.mp4": "not_a_video",
    "nobody.mp4": "nobody_found",
    "gone.mp4": "file_missing",
    UNNAMED: "not_in_manifest",
}


def read(night: Night, table: str) -> pl.DataFrame:
    return night.home.lake.read(table, night.partition)


def stopped(night: Night) -> dict[str, dict[str, Any]]:
    rows = read(night, "quality_verdicts").filter(
        pl.col("verdict").is_in(["REJECT", "QUARANTINE"])
    )
    return {row["clip_file"]: row for row in rows.iter_rows(named=True)}


def test_every_bad_file_is_stopped_and_no_good_one(night):
    assert set(stopped(night)) == {*NAMED_AND_BAD, UNNAMED}


@pytest.mark.parametrize("file", sorted(EXPECTED_REASONS))
def test_a_stopped_file_has_its_reason_and_a_fix_in_words(night, file):
    row = stopped(night)[file]
    assert row["reason_code"] == EXPECTED_REASONS[file]
    assert len(row["reason"].split()) >= 3
    assert len(row["fix"].split()) >= 3


def test_nothing_that_was_handed_in_is_lost(night):
    handed_in = set(find_clips(night.home.session_folder(night.partition)))
    judged = set(read(night, "quality_verdicts")["clip_file"])
    assert handed_in == {*GOOD, *NAMED_AND_BAD, UNNAMED} - {"gone.mp4"}
    assert judged == handed_in | {"gone.mp4"}


def test_the_run_says_how_much_came_through(night):
    expected = "2 of 7 recordings published; 1 more file is no recording"
    assert expected in night.printed
    assert "failed" not in night.printed


def test_status_lists_each_bad_file_with_what_to_do_and_is_not_red(night):
    done = night.home.call("status", "--team", night.partition.team_id)
    assert done.returncode == 0, done.stderr
    assert "finished" in done.stdout
    for file, row in stopped(night).items():
        assert file in done.stdout
        assert row["reason"] in done.stdout
        assert row["fix"] in done.stdout


def test_both_good_recordings_went_from_video_to_guidance(night):
    athletes = {"walker-01", "jumper-01"}
    for table in ("keyframes", "kismam_metrics", "findings", "technique_scores"):
        assert set(read(night, table)["athlete_id"]) == athletes, table
    assert set(read(night, "guidance_reports")["athlete_id"]) == athletes
    assert read(night, "guidance_reports")["finding_count"].sum() > 0
    assert read(night, "technique_scores")["score_points"].drop_nulls().len() > 0


@pytest.mark.parametrize("table", MARTS, ids=lambda table: table.name)
def test_both_databases_hold_the_same_rows_as_the_lake(night, table):
    rows = night.home.published_rows(night.partition)[table.name]
    assert rows.in_duckdb == rows.in_postgres
    assert len(rows.in_duckdb) == read(night, table.name).height > 0


def test_every_metric_has_a_unit_and_a_value_with_error_or_a_reason(night):
    metrics = read(night, "kismam_metrics")
    is_measured = (
        (pl.col("validity") != "not_measurable")
        & pl.col("value").is_not_null()
        & pl.col("error").is_not_null()
    )
    is_excused = (
        (pl.col("validity") == "not_measurable")
        & pl.col("value").is_null()
        & (pl.col("reason").str.len_chars() > 0)
    )
    assert metrics.filter(pl.col("unit").str.len_chars() == 0).is_empty()
    assert metrics.filter(~(is_measured | is_excused)).is_empty()
    assert metrics.filter(is_measured).height > 0


def reports(night: Night) -> list[dict[str, Any]]:
    return [json.loads(text) for text in read(night, "guidance_reports")["report"]]


def test_every_report_passed_the_verifier(night):
    rows = read(night, "guidance_reports")
    assert rows["is_verified"].all()
    assert rows["dropped_count"].sum() == 0


def test_every_number_of_a_report_is_a_measured_one(night):
    metrics = {
        (row["recording_id"], row["repetition_idx"], row["indicator"]): row
        for row in read(night, "kismam_metrics").iter_rows(named=True)
    }
    facts = [f for r in reports(night) for f in r["facts"] if f["kind"] == "metric"]
    assert facts
    for fact in facts:
        key = (fact["recording_id"], fact["repetition_no"] - 1, fact["indicator"])
        for name in ("value", "error", "unit", "target_low", "target_high"):
            assert fact[name] == metrics[key][name], (key, name)


def sentences(part: Any) -> list[dict[str, Any]]:
    """Every sentence of a report, wherever it stands."""
    if isinstance(part, list):
        return [found for item in part for found in sentences(item)]
    if not isinstance(part, dict):
        return []
    if part.keys() == {"text", "facts", "passages"}:
        return [part]
    return sentences(list(part.values()))


def test_every_sentence_rests_on_a_fact_or_a_passage(night):
    for report in reports(night):
        facts = {fact["id"] for fact in report["facts"]}
        passages = {source["passage"] for source in report["sources"]}
        found = sentences(report)
        assert found
        for sentence in found:
            assert sentence["facts"] or sentence["passages"], sentence["text"]
            assert set(sentence["facts"]) <= facts
            assert set(sentence["passages"]) <= passages


def test_every_citation_is_a_passage_of_the_knowledge_base(night):
    cited = {s["passage"]: s["source_id"] for r in reports(night) for s in r["sources"]}
    stored = dict(
        night.home.query_postgres(
            "select passage_id, source_id from knowledge.passages"
        )
    )
    assert cited
    assert cited.items() <= stored.items()


def test_an_exercise_is_taken_from_a_passage_about_its_issue(night):
    query = "select passage_id, issues from knowledge.passages"
    issues = dict(night.home.query_postgres(query))
    plan = [item for report in reports(night) for item in report["plan"]]
    assert plan
    for item in plan:
        assert set(item["issues"]) & set(issues[item["passage"]])  # type: ignore[arg-type]


def overlay(night: Night) -> Path:
    (video,) = night.home.report_folder(night.partition).glob("overlay-*.mp4")
    return video


def test_the_overlay_is_a_whole_video_as_long_as_its_clip(night):
    recording = read(night, "recordings").filter(pl.col("clip_file") == GOOD[0])
    with av.open(str(overlay(night))) as container:
        times_s = [float(frame.time) for frame in container.decode(video=0)]
    one_frame_s = 1 / recording["frame_rate_hz"][0]
    assert len(times_s) == recording["frame_count"][0]
    assert times_s[-1] - times_s[0] == pytest.approx(
        recording["duration_s"][0], abs=one_frame_s
    )


def test_frame_tables_can_be_queried_beside_the_marts(night):
    query = "select count(*) from training.joint_kinematics where team_id = '{}'"
    ((count,),) = night.home.query_duckdb(query.format(night.partition.team_id))
    assert count == read(night, "joint_kinematics").height > 0


def test_the_command_line_answers_a_query(night):
    query = "select count(*) as n from training.recordings"
    printed = night.home.call_well("sql", "--csv", query)
    assert printed.splitlines()[0] == "n"
    assert int(printed.splitlines()[1]) >= read(night, "recordings").height


def test_no_part_of_a_file_is_left(night):
    for folder in ("lake", "published", "reports"):
        leftovers = [
            path
            for path in (night.home.folder / folder).rglob("*")
            if path.name.endswith((".part", ".tmp", ".wal"))
        ]
        assert leftovers == []
