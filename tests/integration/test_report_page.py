"""The session report of a real night, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.browser import open_browser, open_page
from tests.integration.conftest import Night
from tests.integration.footage import NAMED_AND_BAD, UNNAMED

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_browser(tmp_path_factory.mktemp("browser-profile")) as context:
        yield context


@pytest.fixture(scope="module")
def page(browser: Any, night: Night) -> Iterator[Any]:
    file = night.home.report_folder(night.partition) / "index.html"
    opened = open_page(browser, file.as_uri(), own=("file:",))
    yield opened
    opened.close()


def test_page_opens_without_error_or_outside_request(page):
    assert page.complaints == []
    assert page.outside == []


def test_title_names_team_and_day(page, night):
    assert night.partition.team_id in page.title()
    assert "15 January 2026" in page.title()


def test_both_athletes_have_their_section(page):
    for athlete in ("walker-01", "jumper-01"):
        section = page.locator(f'[id="athlete.{athlete}"]')
        assert section.locator("h2").inner_text() == athlete
        assert "repetition" in section.locator(".lead").inner_text()


def test_the_verdicts_of_all_bad_files_are_visible(page):
    quality = page.locator("#quality")
    assert quality.locator("table.verdicts").first.is_visible()
    text = quality.inner_text()
    for file in (*NAMED_AND_BAD, UNNAMED):
        assert file in text


def test_every_link_inside_the_page_has_its_target(page):
    broken = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')]
            .map(link => decodeURIComponent(link.getAttribute('href').slice(1)))
            .filter(id => document.getElementById(id) === null)"""
    )
    count = page.locator('a[href^="#"]').count()
    assert broken == []
    assert count > 20


def test_every_link_to_a_file_leads_to_one(page, night):
    folder = night.home.report_folder(night.partition)
    targets = page.evaluate(
        """() => [...document.querySelectorAll('a[href], video[src], source[src]')]
            .map(e => e.getAttribute('href') ?? e.getAttribute('src'))
            .filter(target => !/^(#|[a-z]+:)/.test(target))"""
    )
    assert any(target.startswith("overlay-") for target in targets)
    assert [t for t in targets if not (folder / t.split("#")[0]).is_file()] == []


def test_every_picture_shows(page):
    shown = page.evaluate(
        """async () => {
            for (const image of document.images) image.loading = "eager";
            await Promise.all([...document.images].map(image => image.decode()));
            return [...document.images].map(image => image.naturalWidth > 0);
        }"""
    )
    assert len(shown) > 0
    assert all(shown)


def test_the_season_page_opens_too(browser, night):
    file = night.home.report_folder(night.partition) / "season.html"
    season = open_page(browser, file.as_uri(), own=("file:",))
    assert night.partition.team_id in season.locator("h1").inner_text()
    assert (season.complaints, season.outside) == ([], [])
    season.close()
