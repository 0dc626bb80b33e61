import polars as pl
import pytest

from sportsgpt_lib.stages.publishing import (
    collect_verdicts,
    keep_published,
    measure_completeness,
    select_published,
)
from sportsgpt_lib.stages.verdict_rows import verdict_frame
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.tables import STAGES, TABLES
from tests.reporting.session_rows import verdict
from tests.stages.walking_session import BLUE, find_recording, stop_recording

STOPPED = "walker-02"
WHOLE = ("recordings", "camera_geometry", "pose_quality", "quality_verdicts")


def test_recording_stopped_by_two_stages_is_missing_once():
    verdicts = verdict_frame(
        [
            verdict("PASS", "a.mp4", subject_id="r1"),
            verdict("QUARANTINE", "a.mp4", subject_id="r1", stage="keyframes"),
            verdict("REJECT", "a.mp4", subject_id="r1", stage="findings"),
            verdict("PASS", "a.mp4", subject_id="r2"),
            verdict("WARN", "b.mp4", subject_id="r3"),
        ]
    )
    figure = measure_completeness(verdicts)
    assert (figure.published_count, figure.total_count) == (2, 3)
    assert figure.ratio == pytest.approx(2 / 3)


def test_two_missing_files_are_two_missing_recordings():
    verdicts = verdict_frame(
        [verdict("REJECT", name, subject_id="missing") for name in ("a.mp4", "b.mp4")]
    )
    assert measure_completeness(verdicts).total_count == 2


def test_day_without_recordings_is_complete():
    assert measure_completeness(verdict_frame([])).ratio == 1.0


def test_verdicts_of_all_stages_are_put_together(workshop):
    verdicts = collect_verdicts(workshop.lake, BLUE)
    assert set(verdicts["stage"]) == set(STAGES) - {"guidance_reports"}
    assert workshop.lake.read("quality_verdicts", BLUE).equals(verdicts)
    figure = measure_completeness(verdicts)
    assert (figure.published_count, figure.total_count) == (2, 4)


@pytest.mark.parametrize("stage", ["recordings", "keyframes", "technique_scores"])
def test_one_stage_is_enough_to_stop_a_recording(workshop, stage):
    stopped = find_recording(workshop, STOPPED)
    stop_recording(workshop, stage, stopped)
    metrics = workshop.lake.read("kismam_metrics", BLUE)
    kept = keep_published(workshop.lake, BLUE, metrics)
    assert set(metrics["athlete_id"]) == {"walker-01", STOPPED}
    assert set(kept["athlete_id"]) == {"walker-01"}


def test_verdicts_of_stages_that_are_not_asked_do_not_count(workshop):
    stop_recording(workshop, "findings", find_recording(workshop, STOPPED))
    metrics = workshop.lake.read("kismam_metrics", BLUE)
    kept = keep_published(workshop.lake, BLUE, metrics, ("recordings", "keyframes"))
    assert kept.equals(metrics)


def test_stopped_recording_is_shown_with_its_verdicts_and_nothing_else(workshop):
    stopped = find_recording(workshop, STOPPED)
    stop_recording(workshop, "findings", stopped)
    collect_verdicts(workshop.lake, BLUE)
    published = select_published(workshop.lake, BLUE)
    seen = {
        name: stopped in set(rows[column])
        for name, rows in published.items()
        for column in ("recording_id", "subject_id")
        if column in rows.columns
    }
    of_recordings = set(published) - {"guidance_reports", "session_findings"}
    assert seen == {name: name in WHOLE for name in of_recordings}
    for name in ("kismam_metrics", "findings", "keyframes", "camera_geometry"):
        assert published[name].height > 0


def test_only_marts_that_were_made_are_published(workshop):
    published = set(select_published(workshop.lake, BLUE))
    marts = {table.name for table in TABLES if table.is_mart}
    not_made = {
        *("finding_margins", "guidance_reports", "guidance_sentences"),
        *("quality_verdicts", "season_reports"),
    }
    assert published == marts - not_made


def test_partition_that_was_never_made_publishes_nothing(tmp_path):
    lake = Lake(tmp_path)
    assert select_published(lake, BLUE) == {}
    rows = pl.DataFrame({"recording_id": ["r1"]})
    assert keep_published(lake, BLUE, rows).equals(rows)
