import json
import re
from html import unescape

import polars as pl
import pytest

from sportsgpt_lib.reporting.evidence_words import write_note
from sportsgpt_lib.reporting.page_rows import metric_key
from sportsgpt_lib.reporting.pictures import list_marks
from sportsgpt_lib.reporting.scene import find_pose_at
from sportsgpt_lib.stages.clip_media_folder import compute_clip_key
from sportsgpt_lib.stages.evidence_pictures import list_wanted, plan_pictures
from sportsgpt_lib.stages.pose_rows import pose_sequence_from_rows
from sportsgpt_lib.stages.session_media import ClipWork
from sportsgpt_lib.target_models.library import PACKAGED_REFERENCES
from tests.stages.walking_session import ATHLETES, BLUE, find_recording

TABLES = (
    *("recordings", "pose_tracks", "athlete_poses", "pose_repairs"),
    *("camera_geometry", "joint_kinematics", "keyframes", "kismam_metrics"),
    "findings",
)


@pytest.fixture
def tables(workshop):
    read = {name: workshop.lake.read(name, BLUE) for name in TABLES}
    return {**read, "guidance_reports": pl.DataFrame({"report": []})}


def plan(workshop, tables, athlete, wanted=None):
    recording_id = find_recording(workshop, athlete)
    own = pl.col("recording_id") == recording_id
    row = tables["recordings"].filter(own).row(0, named=True)
    poses = pose_sequence_from_rows(
        tables["athlete_poses"].filter(own),
        width_px=row["width_px"],
        height_px=row["height_px"],
    )
    metrics = tables["kismam_metrics"].filter(own).to_dicts()
    every = {metric_key(metric) for metric in metrics}
    found = plan_pictures(
        row, poses, tables, every if wanted is None else wanted, PACKAGED_REFERENCES
    )
    return poses, list(found)


def test_every_reported_finding_has_a_picture_of_its_strongest_indicators(tables):
    reported = tables["findings"].filter("is_reported")
    assert reported.height
    wanted = list_wanted(tables)
    for (athlete, issue), rows in reported.group_by("athlete_id", "issue"):
        weight = pl.col("probability_ratio") * pl.col("severity_ratio")
        worst = rows.sort(weight, descending=True).row(0, named=True)
        first = json.loads(worst["evidence"])[0]["indicator"]
        key = (worst["recording_id"], worst["repetition_idx"], first)
        assert key in wanted, (athlete, issue)


def test_number_of_the_picture_is_the_stored_one_or_says_why_not(workshop, tables):
    _, pictures = plan(workshop, tables, ATHLETES[1])
    measured = tables["kismam_metrics"].filter(
        pl.col("recording_id") == find_recording(workshop, ATHLETES[1]),
        pl.col("value").is_not_null(),
    )
    assert len(pictures) == measured.height
    told = []
    for picture in pictures:
        away = abs(picture.material.plan.value - picture.metric["value"])
        note = write_note(picture.material) or ""
        told.append("is taken off" in note)
        assert told[-1] or away < (1.0 if picture.metric["unit"] == "deg" else 0.5)
    assert not all(told)


def test_what_is_drawn_on_the_frame_is_what_is_written(workshop, tables):
    poses, pictures = plan(workshop, tables, ATHLETES[0])
    checked = 0
    for picture in pictures:
        if picture.metric["unit"] != "deg":
            continue
        for request, shot in zip(
            picture.list_requests(), picture.material.plan.shots, strict=True
        ):
            marks = list_marks(find_pose_at(poses, request.time_s), request)
            assert len(marks) == len(shot.quantities)
            for mark, reading in zip(marks, shot.readings, strict=True):
                # Half a frame away at 30 Hz, in a walk.
                assert mark.drawn_deg == pytest.approx(reading, abs=8.0)
                checked += 1
    assert checked > 10


def test_what_was_not_measured_has_no_picture(workshop, tables):
    gone = tables["kismam_metrics"].with_columns(value=pl.lit(None, pl.Float64))
    _, pictures = plan(workshop, {**tables, "kismam_metrics": gone}, ATHLETES[0])
    assert pictures == []


def test_caption_names_clip_and_repetition(workshop, tables):
    _, pictures = plan(workshop, tables, ATHLETES[0])
    for picture in pictures:
        number = picture.metric["repetition_idx"] + 1
        assert re.search(
            rf"morning/walk\.mp4, repetition {number} · (left|right)$", picture.caption
        )


def list_work(tables, clip="morning/walk.mp4"):
    rows = tables["recordings"].filter(pl.col("clip_file") == clip).to_dicts()
    return ClipWork(None, rows)


def test_key_of_a_clip_is_of_its_own_rows_alone(tables):
    work = list_work(tables)
    key = compute_clip_key(work, tables)
    strange = {"recording_id": pl.lit("another"), "clip_sha256": pl.lit("0" * 64)}
    for name in TABLES:
        rows = tables[name]
        foreign = rows.head(3).with_columns(
            **{column: value for column, value in strange.items() if column in rows}
        )
        more = {**tables, name: pl.concat([rows, foreign])}
        assert compute_clip_key(work, more) == key, name
    moved = tables["keyframes"].with_columns(pl.col("time_s") + 0.01)
    assert compute_clip_key(work, {**tables, "keyframes": moved}) != key


def test_stopped_recording_changes_the_key(tables):
    whole = list_work(tables)
    first, *rest = whole.recordings
    other = ClipWork(None, rest, [first])
    assert compute_clip_key(other, tables) != compute_clip_key(whole, tables)


def test_page_links_findings_to_rows_and_draws_no_unchanged_clip_again(written):
    pages = written.pages.write(BLUE)
    (overlay,) = pages.overlays
    html = pages.report.read_text(encoding="utf-8")
    finding = html.partition('<section class="card finding')[2]
    finding = finding.partition("</section>")[0]
    behind = finding.partition('class="stacked behind"')[2]
    targets = re.findall(r'<a href="#(metric\.[^"]+)"', behind)
    assert targets
    assert all(f'id="{target}"' in html for target in targets)
    assert "morning/walk.mp4" in behind
    assert "data:image/jpeg" in finding
    assert 'class="reference"' in finding
    query = unescape(re.search(r"<code>(.*?)</code>", finding, re.DOTALL)[1])
    assert query.startswith("select recording_id")
    assert "session_day = '2026-01-15'" in query
    before = overlay.stat().st_mtime_ns
    season = written.lake.read("season_reports", BLUE)
    written.lake.write("season_reports", BLUE, season.head(season.height - 1))
    again = written.pages.write(BLUE)
    assert not again.was_reused
    assert again.overlays == (overlay,)
    assert overlay.stat().st_mtime_ns == before
    assert again.picture_count > 0
    redrawn = again.report.read_text(encoding="utf-8")
    assert redrawn.count("data:image/jpeg") == html.count("data:image/jpeg")


def test_query_of_the_page_gives_the_rows_it_shows(workshop, tables):
    import duckdb

    from sportsgpt_lib.reporting.evidence_rows import write_query

    reported = tables["findings"].filter("is_reported")
    issue = reported["issue"][0]
    own = reported.filter(pl.col("issue") == issue)
    own = own.filter(pl.col("athlete_id") == own["athlete_id"][0]).to_dicts()
    with duckdb.connect() as database:
        database.execute("create schema training")
        database.register("rows", tables["kismam_metrics"].to_arrow())
        database.execute("create table training.kismam_metrics as from rows")
        found = database.execute(write_query(own)).pl()
    names = {part["indicator"] for row in own for part in json.loads(row["evidence"])}
    assert set(found["indicator"]) == names
    assert found.height


def test_a_report_that_cannot_be_read_takes_no_picture_away(tables):
    unreadable = pl.DataFrame({"report": ['{"schema_version": "9.0"}']})
    assert list_wanted({**tables, "guidance_reports": unreadable}) == list_wanted(
        tables
    )
