import polars as pl
import pytest

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import probe_clip
from sportsgpt_lib.stages.publishing import collect_verdicts
from sportsgpt_lib.stages.season_history import write_season_report
from tests.stages.walking_session import (
    BLUE,
    CLIP,
    TABLES_BY_STAGE,
    Workshop,
    find_recording,
    stop_recording,
    write_session,
)


def finish(workshop: Workshop) -> Workshop:
    workshop.guidance().write(BLUE)
    write_season_report(workshop.lake, BLUE)
    collect_verdicts(workshop.lake, BLUE)
    return workshop


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
    assert html.count("data:image/jpeg") == pages.picture_count > 0
    assert '<span class="figure">2</span> of 4' in html
    assert "spare.mp4" in html
    assert not pages.was_reused
    assert probe_clip(overlay).frame_count == 120
    assert list_files(ready) == sorted(
        [".made-from", "index.html", overlay.name, "season.html"]
    )


def test_unchanged_session_is_not_drawn_again(ready):
    first = ready.pages.write(BLUE)
    before = {p: p.stat().st_mtime_ns for p in ready.report_folder(BLUE).iterdir()}
    second = ready.pages.write(BLUE)
    assert second.was_reused
    assert (second.report, second.overlays) == (first.report, first.overlays)
    after = {p: p.stat().st_mtime_ns for p in ready.report_folder(BLUE).iterdir()}
    assert after == before


def test_changed_rows_make_a_new_overlay_and_take_the_old_one_away(ready):
    (first,) = ready.pages.write(BLUE).overlays
    keyframes = ready.lake.read("keyframes", BLUE)
    moved = keyframes.with_columns(pl.col("time_s") + 0.01)
    ready.lake.write("keyframes", BLUE, moved)
    (second,) = ready.pages.write(BLUE).overlays
    assert second != first
    assert second.is_file()
    assert not first.exists()


@pytest.mark.parametrize("lost", ["index.html", "overlay-*.mp4"])
def test_lost_file_is_made_again(ready, lost):
    ready.pages.write(BLUE)
    (path,) = ready.report_folder(BLUE).glob(lost)
    path.unlink()
    assert not ready.pages.write(BLUE).was_reused
    assert path.is_file()


def test_clip_that_broke_meanwhile_leaves_the_old_page_whole(ready):
    pages = ready.pages.write(BLUE)
    html = pages.report.read_text(encoding="utf-8")
    keyframes = ready.lake.read("keyframes", BLUE)
    ready.lake.write("keyframes", BLUE, keyframes.with_columns(pl.col("time_s") + 0.01))
    clip = ready.session_folder(BLUE) / CLIP
    whole = clip.read_bytes()
    clip.write_bytes(b"not a video any more")
    with pytest.raises(ClipError):
        ready.pages.write(BLUE)
    assert pages.report.read_text(encoding="utf-8") == html
    assert pages.overlays[0].is_file()
    clip.write_bytes(whole)
    assert not ready.pages.write(BLUE).was_reused


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
    assert "data:image" not in of_the_stopped


def test_day_without_a_usable_clip_still_has_its_page(tmp_path):
    workshop = Workshop(tmp_path)
    folder = write_session(tmp_path / "inbox")
    (folder / CLIP).write_bytes(b"")
    workshop.intake.take_in(BLUE)
    for name in TABLES_BY_STAGE:
        workshop.runner.run(getattr(workshop.catalog, name), BLUE)
    pages = finish(workshop).pages.write(BLUE)
    html = pages.report.read_text(encoding="utf-8")
    assert pages.overlays == ()
    assert pages.picture_count == 0
    assert '<span class="figure">0</span> of 4' in html
    assert workshop.pages.write(BLUE).was_reused
