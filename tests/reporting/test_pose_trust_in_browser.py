"""Overlay, contact sheet and plots of a real clip, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sportsgpt_lib.stages.publishing import collect_verdicts
from sportsgpt_lib.stages.season_history import write_season_report
from tests.integration.browser import open_browser, open_page
from tests.oracles.walking import build_walk
from tests.stages.walking_session import BLUE, build_workshop

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workshop = build_workshop(tmp_path_factory.mktemp("workshop"))
    workshop.guidance().write(BLUE)
    write_season_report(workshop.lake, BLUE)
    collect_verdicts(workshop.lake, BLUE)
    return workshop.pages.write(BLUE).report


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_browser(tmp_path_factory.mktemp("browser-profile")) as context:
        yield context


@pytest.fixture
def page(browser: Any, report: Path) -> Iterator[Any]:
    opened = open_page(browser, report.as_uri(), own=("file:",))
    yield opened
    opened.close()


def test_overlay_plays_at_true_speed_to_the_clips_own_length(page):
    times_s = build_walk().sequence.times_s
    video = page.locator("video").first
    shown_s = video.evaluate(
        """async v => {
            v.muted = true;
            await v.play();
            while (v.currentTime < 0.3) await new Promise(requestAnimationFrame);
            return v.currentTime;
        }"""
    )
    assert shown_s >= 0.3
    interval_s = float(times_s[1] - times_s[0])
    length_s = video.evaluate("v => v.duration")
    assert length_s == pytest.approx(times_s[-1] - times_s[0] + interval_s, abs=0.05)
    assert video.evaluate("v => v.playbackRate") == 1
    assert video.evaluate("v => v.error") is None
    assert page.complaints == []


def test_answer_is_there_and_its_pictures_load_when_it_is_opened(page):
    assert page.get_by_text("Can this pose be trusted?").count() == 2
    for details in page.locator(".trust details, details.alignment").all():
        details.evaluate("e => e.open = true")
    for picture in page.locator(".audit img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("e => e.decode()")
        assert picture.evaluate("e => e.naturalWidth") > 300
        assert picture.get_attribute("alt")
    assert page.locator(".trust .audit img").count() == 8
    assert page.locator("details.alignment .audit img").count() > 2
    assert (page.complaints, page.outside) == ([], [])


def test_measures_are_folded_where_all_are_in_order(page):
    folds = page.locator(".trust details").filter(has_text="measured of the pose")
    assert folds.count() == 2
    for fold in folds.all():
        is_warned = fold.locator(".verdict.warn, .verdict.quarantine").count() > 0
        assert fold.evaluate("e => e.open") == is_warned


def test_page_with_the_answer_open_fits_a_phone(page):
    page.set_viewport_size({"width": 400, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_answer_is_reached_and_opened_with_the_keyboard(page):
    answer = page.locator(".trust details").filter(has_text="Look at it").first
    summary = answer.locator("summary")
    page.locator("video").first.focus()
    reached = False
    for _ in range(30):
        page.keyboard.press("Tab")
        reached = summary.evaluate("e => e === document.activeElement")
        if reached:
            break
    assert reached
    page.keyboard.press("Enter")
    assert answer.evaluate("e => e.open")
    page.keyboard.press("Tab")
    link = page.evaluate("document.activeElement.getAttribute('href')")
    assert link.startswith("sheet-")
