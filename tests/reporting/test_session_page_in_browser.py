import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sportsgpt_lib.reporting.session_page import render_session_page
from tests.reporting.session_rows import (
    ATHLETE,
    build_page_data,
    build_recording,
    build_tables,
    table,
)

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAYLOAD = "<img src=x onerror=\"document.title='taken over'\">"

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"no browser: {CHROMIUM} is not there (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("browser-profile")),
            executable_path=str(CHROMIUM),
            args=FLAGS,
        )
        yield context
        context.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens a rendered page; complaints and outside requests are gathered on it."""
    opened = []

    def open_html(html: str, width_px: int = 1280) -> Any:
        file = tmp_path / "index.html"
        file.write_text(html, encoding="utf-8")
        page = browser.new_page()
        opened.append(page)
        page.complaints = []
        page.outside = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: note_request(page, request.url))
        page.set_viewport_size({"width": width_px, "height": 900})
        page.goto(file.as_uri())
        return page

    def note_request(page: Any, address: str) -> None:
        if not address.startswith(("file:", "data:")):
            page.outside.append(address)

    yield open_html
    for page in opened:
        page.close()


def test_browser_shows_the_page_without_complaint_or_outside_request(open_page):
    page = open_page(render_session_page(build_page_data(overlays={})))
    assert page.complaints == []
    assert page.outside == []
    assert page.locator("h1").inner_text().startswith("team-fjord")
    assert page.locator("img").count() == 2
    shown = page.evaluate("[...document.images].every(i => i.naturalWidth > 0)")
    assert shown is True


def test_style_sheet_passes_the_policy(open_page):
    page = open_page(render_session_page(build_page_data(overlays={})))
    masthead = page.locator(".masthead")
    colour = masthead.evaluate("e => getComputedStyle(e).backgroundColor")
    assert colour == "rgb(13, 59, 70)"


@pytest.mark.parametrize("width_px", [390, 1280])
def test_page_fits_the_width_of_phone_and_desk(open_page, width_px):
    long_name = "a-very-long-file-name-without-any-space-" * 4 + ".mp4"
    tables = build_tables() | {
        "recordings": table("recordings", [build_recording(clip_file=long_name)])
    }
    html = render_session_page(build_page_data(tables, overlays={}))
    page = open_page(html, width_px)
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px


def test_links_walk_from_sentence_to_source(open_page):
    page = open_page(render_session_page(build_page_data(overlays={})))
    page.locator(".lead a.fact").first.click()
    assert page.url.endswith(f"#finding.{ATHLETE}.walking_stride.stiff_swing_knee")
    finding = page.locator(":target")
    finding.locator("a.fact").first.click()
    metric = page.locator(":target")
    assert "46 ± 3°" in metric.inner_text()
    metric.get_by_text("picture").click()
    assert page.locator(":target img").count() == 1
    page.go_back()
    page.locator(".finding a.source").first.click()
    assert "Stiff knee in swing" in page.locator(":target").inner_text()


def test_markup_in_a_name_is_never_run(open_page):
    html = render_session_page(build_page_data(team_id=PAYLOAD, overlays={}))
    page = open_page(html)
    assert page.title() != "taken over"
    assert PAYLOAD in page.locator("h1").inner_text()


def test_dark_scheme_changes_the_paper(open_page):
    page = open_page(render_session_page(build_page_data(overlays={})))
    papers = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        papers.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert papers[0] != papers[1]
