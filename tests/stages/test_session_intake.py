import polars as pl
import pytest

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.calibration import Calibration
from sportsgpt_lib.stages.runner import load_subjects
from sportsgpt_lib.stages.verdict_rows import verdict_table
from tests.stages.walking_session import BLUE, CLIP, Workshop, write_session


@pytest.fixture
def fresh(tmp_path):
    workshop = Workshop(tmp_path)
    write_session(tmp_path / "inbox")
    return workshop


def test_every_file_of_the_folder_gets_its_verdict(fresh):
    report = fresh.intake.take_in(BLUE)
    verdicts = fresh.lake.read(verdict_table("recordings"), BLUE)
    found = sorted(
        (row["clip_file"], row["verdict"], row["reason_code"])
        for row in verdicts.iter_rows(named=True)
    )
    assert found == [
        ("empty.mp4", "REJECT", "empty_file"),
        (CLIP, "PASS", None),
        (CLIP, "PASS", None),
        ("spare.mp4", "QUARANTINE", "not_in_manifest"),
    ]
    assert report.stopped_count == 2
    assert report.computed_count == report.rows.height == 3


def test_clip_is_described_as_it_is(fresh):
    rows = fresh.intake.take_in(BLUE).rows
    (walker,) = rows.filter(rows["athlete_id"] == "walker-01").to_dicts()
    assert (walker["width_px"], walker["height_px"]) == (800, 200)
    assert walker["frame_count"] == 120
    assert walker["frame_rate_hz"] == pytest.approx(30.0)
    assert walker["lawful_basis"] == "consent"
    assert walker["team_id"] == "blue"
    assert fresh.lake.read("recordings", BLUE).equals(rows)


def test_folder_of_missing_files_gives_an_empty_table_and_verdicts(fresh):
    folder = fresh.session_folder(BLUE)
    for name in (CLIP, "empty.mp4", "spare.mp4"):
        (folder / name).unlink()
    report = fresh.intake.take_in(BLUE)
    assert report.rows.is_empty()
    assert report.stopped_count == 3
    assert fresh.lake.read("recordings", BLUE).is_empty()
    verdicts = fresh.lake.read(verdict_table("recordings"), BLUE)
    assert set(verdicts["reason_code"]) == {"file_missing"}


@pytest.mark.parametrize(
    ("written", "instead"), [("blue", "green"), ("2026-01-15", "2026-01-16")]
)
def test_manifest_of_another_team_or_day_is_refused(fresh, written, instead):
    path = fresh.session_folder(BLUE) / "session.toml"
    path.write_text(path.read_text().replace(written, instead, 1))
    with pytest.raises(SessionError, match=instead) as caught:
        fresh.intake.take_in(BLUE)
    assert caught.value.fix
    assert not fresh.lake.has("recordings", BLUE)
    assert not fresh.lake.has(verdict_table("recordings"), BLUE)


def test_camera_and_calibration_reach_the_subjects(fresh):
    path = fresh.session_folder(BLUE) / "session.toml"
    text = path.read_text().replace('view = "sagittal"', 'camera = "side"')
    path.write_text(
        text + '[[cameras]]\nid = "side"\nview = "sagittal"\ncalibration = '
        '{kind = "object", from = [0.1, 0.9], to = [0.1, 0.4], length_m = 2}\n'
    )
    rows = fresh.intake.take_in(BLUE).rows.filter(pl.col("verdict") == "PASS")
    assert rows["camera_id"].to_list() == ["side", "side"]
    assert rows["camera_view"].to_list() == ["sagittal", "sagittal"]
    assert rows["is_interlaced"].to_list() == [False, False]
    assert rows["is_hdr"].to_list() == [False, False]
    for subject in load_subjects(fresh.lake, BLUE):
        assert subject.calibration == Calibration(
            kind="object", start=(0.1, 0.9), end=(0.1, 0.4), length_m=2.0
        )
