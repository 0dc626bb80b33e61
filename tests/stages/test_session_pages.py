import cv2
import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import probe_clip
from sportsgpt_lib.stages.alignment_pictures import LARGEST_PICTURE_COUNT
from sportsgpt_lib.stages.session_findings import write_session_findings
from tests.stages.walking_session import (
    ATHLETES,
    BLUE,
    CLIP,
    TABLES_BY_STAGE,
    Workshop,
    find_recording,
    finish,
    stop_recording,
    write_session,
)


@pytest.fixture
def ready(workshop):
    return finish(workshop)


def list_files(workshop: Workshop) -> list[str]:
    return sorted(path.name for path in workshop.report_folder(BLUE).iterdir())


def test_page_names_the_overlay_and_shows_the_pictures(ready):
    pages = ready.pages.write(BLUE)
    (overlay,) = pages.overlays
    html = pages.report.read_text(encoding="utf-8")
    assert overlay.name in html
    # Some measures need two frames or three.
    assert html.count("data:image/jpeg") >= pages.picture_count > 0
    assert '<span class="figure">2</span> of 4' in html
    assert "spare.mp4" in html
    assert not pages.was_reused
    assert probe_clip(overlay).frame_count == 120
    beside = ("sheet", "plot", "alignment", "costs", ".media")
    shown = [name for name in list_files(ready) if not name.startswith(beside)]
    sheets = [f"plan.{athlete}.html" for athlete in ATHLETES]
    assert shown == sorted(
        [".made-from", "index.html", overlay.name, "season.html", *sheets]
    )
    assert all(f'href="{sheet}"' in html for sheet in sheets)


def test_every_recording_has_its_contact_sheet_and_plots_beside_the_page(written):
    html = written.pages.write(BLUE).report.read_text(encoding="utf-8")
    for athlete in ATHLETES:
        recording_id = find_recording(written, athlete)
        named = [name for name in list_files(written) if recording_id in name]
        files = [name for name in named if name.startswith(("plot", "sheet"))]
        assert [name.partition("-")[0] for name in files] == ["plot"] * 3 + ["sheet"]
        assert all(name in html for name in files)
        sizes = [(written.report_folder(BLUE) / name).stat().st_size for name in files]
        assert max(sizes[:3]) < 100_000
        assert sizes[3] < 300_000


def list_alignments(workshop: Workshop, athlete: str) -> list[str]:
    recording_id = find_recording(workshop, athlete)
    return [
        name
        for name in list_files(workshop)
        if recording_id in name and name.startswith(("alignment", "costs"))
    ]


def test_every_repetition_has_its_alignment_and_only_what_changed_is_drawn_again(
    written,
):
    html = written.pages.write(BLUE).report.read_text(encoding="utf-8")
    keyframes = written.lake.read("keyframes", BLUE).drop_nulls("reference_id")
    before = [list_alignments(written, athlete) for athlete in ATHLETES]
    for athlete, files in zip(ATHLETES, before, strict=True):
        own = keyframes.filter(pl.col("athlete_id") == athlete)
        count = own["repetition_idx"].n_unique()
        kinds = [name.partition("-")[0] for name in files]
        assert kinds == ["alignment"] * min(count, LARGEST_PICTURE_COUNT) + ["costs"]
        assert all(f'<img src="{name}"' in html for name in files)
        sizes = [(written.report_folder(BLUE) / name).stat().st_size for name in files]
        assert max(sizes) < 120_000
        assert f"{count} repetitions found" in html
    paths = written.lake.read("alignment_paths", BLUE)
    is_it = (pl.col("recording_id") == find_recording(written, ATHLETES[1])) & (
        pl.col("repetition_idx") == 0
    )
    moved = pl.when(is_it).then(pl.col("value") + 5.0).otherwise(pl.col("value"))
    written.lake.write(
        "alignment_paths", BLUE, paths.with_columns(moved.alias("value"))
    )
    assert not written.pages.write(BLUE).was_reused
    after = [list_alignments(written, athlete) for athlete in ATHLETES]
    assert after[0] == before[0]
    assert len(set(after[1]) - set(before[1])) == 1


def test_unchanged_session_is_not_drawn_again(written):
    first = written.pages.write(BLUE)
    before = {p: p.stat().st_mtime_ns for p in written.report_folder(BLUE).iterdir()}
    second = written.pages.write(BLUE)
    assert second.was_reused
    assert (second.report, second.overlays) == (first.report, first.overlays)
    after = {p: p.stat().st_mtime_ns for p in written.report_folder(BLUE).iterdir()}
    assert after == before


def test_changed_rows_make_a_new_overlay_and_take_the_old_one_away(written):
    (first,) = written.pages.write(BLUE).overlays
    keyframes = written.lake.read("keyframes", BLUE)
    moved = keyframes.with_columns(pl.col("time_s") + 0.01)
    written.lake.write("keyframes", BLUE, moved)
    (second,) = written.pages.write(BLUE).overlays
    assert second != first
    assert second.is_file()
    assert not first.exists()
    assert len(list(written.report_folder(BLUE).glob("sheet-*.jpg"))) == len(ATHLETES)


@pytest.mark.parametrize(
    "lost", ["index.html", "overlay-*.mp4", "sheet-*.jpg", "costs-*.png"]
)
def test_lost_file_is_made_again(written, lost):
    written.pages.write(BLUE)
    path = min(written.report_folder(BLUE).glob(lost))
    path.unlink()
    assert not written.pages.write(BLUE).was_reused
    assert path.is_file()


def test_clip_that_broke_meanwhile_leaves_the_old_page_whole(written):
    pages = written.pages.write(BLUE)
    html = pages.report.read_text(encoding="utf-8")
    keyframes = written.lake.read("keyframes", BLUE)
    written.lake.write(
        "keyframes", BLUE, keyframes.with_columns(pl.col("time_s") + 0.01)
    )
    clip = written.session_folder(BLUE) / CLIP
    whole = clip.read_bytes()
    clip.write_bytes(b"not a video any more")
    with pytest.raises(ClipError):
        written.pages.write(BLUE)
    assert pages.report.read_text(encoding="utf-8") == html
    assert pages.overlays[0].is_file()
    clip.write_bytes(whole)
    assert not written.pages.write(BLUE).was_reused


def test_stopped_recording_is_not_drawn(workshop):
    stop_recording(workshop, "findings", find_recording(workshop, "walker-02"))
    finish(workshop)
    pages = workshop.pages.write(BLUE)
    html = pages.report.read_text(encoding="utf-8")
    assert len(pages.overlays) == 1
    assert "it looked odd" in html
    of_the_stopped = html.partition('<article class="athlete" id="athlete.walker-02"')[
        2
    ]
    assert "Nothing of this athlete could be judged" in of_the_stopped
    unjudged = html.partition("Poses of recordings that were not judged")[2]
    files = list_alignments(workshop, "walker-02")
    assert [name.partition("-")[0] for name in files] == ["costs"]
    assert f'<img src="{files[0]}"' in unjudged.partition('<article class="athlete"')[0]
    assert "data:image" not in of_the_stopped


def stop_all(workshop):
    for athlete in ATHLETES:
        stop_recording(workshop, "athlete_poses", find_recording(workshop, athlete))
    workshop.lake.write(
        "athlete_poses", BLUE, workshop.lake.read("athlete_poses", BLUE).clear()
    )


def read_sheet(workshop, athlete):
    name = f"sheet-{find_recording(workshop, athlete)}-*.jpg"
    (path,) = workshop.report_folder(BLUE).glob(name)
    return cv2.imread(str(path))


def test_stopped_recording_still_shows_why_and_its_contact_sheet(workshop):
    stop_all(workshop)
    pages = finish(workshop).pages.write(BLUE)
    html = pages.report.read_text(encoding="utf-8")
    assert pages.overlays == ()
    assert "Poses of recordings that were not judged" in html
    assert "nobody could be taken for the athlete; 2 people tracked" in html
    assert read_sheet(workshop, "walker-01") is not None


def test_clip_in_which_nobody_was_tracked_is_never_shown_sharp(workshop):
    stop_all(workshop)
    finish(workshop).pages.write(BLUE)
    sharp = read_sheet(workshop, "walker-01")
    tracks = workshop.lake.read("pose_tracks", BLUE)
    workshop.lake.write("pose_tracks", BLUE, tracks.clear())
    workshop.pages.write(BLUE)
    veiled = read_sheet(workshop, "walker-01")
    part = np.s_[30:100, 100:300]

    def spread(sheet):
        return np.abs(np.diff(sheet[part].astype(int), axis=1)).mean()

    assert spread(veiled) < 0.5 * spread(sharp)


def test_stopped_recording_whose_clip_is_gone_still_has_its_page(workshop):
    stop_all(workshop)
    finish(workshop)
    (workshop.session_folder(BLUE) / CLIP).unlink()
    html = workshop.pages.write(BLUE).report.read_text(encoding="utf-8")
    assert "No contact sheet: the clip could not be decoded" in html


def test_day_without_a_usable_clip_still_has_its_page(tmp_path):
    workshop = Workshop(tmp_path)
    folder = write_session(tmp_path / "inbox")
    (folder / CLIP).write_bytes(b"")
    workshop.intake.take_in(BLUE)
    for name in TABLES_BY_STAGE:
        workshop.runner.run(getattr(workshop.catalog, name), BLUE)
    write_session_findings(workshop.lake, BLUE)
    pages = finish(workshop).pages.write(BLUE)
    html = pages.report.read_text(encoding="utf-8")
    assert pages.overlays == ()
    assert pages.picture_count == 0
    assert '<span class="figure">0</span> of 4' in html
    assert workshop.pages.write(BLUE).was_reused
