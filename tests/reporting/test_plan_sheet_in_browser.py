import functools
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from sportsgpt_lib.evaluation.cases import build_cases
from sportsgpt_lib.feedback.files import load_answers
from sportsgpt_lib.guidance.assembly import assemble_report
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.reporting.figures import PageFrame, PagePicture
from sportsgpt_lib.reporting.plan_sheet import render_plan_sheet
from tests.integration.browser import open_browser, open_page
from tests.reporting.session_rows import RECORDING, build_report

pytestmark = pytest.mark.integration
STARTER = Path(__file__).resolve().parents[2] / "kb_ingest" / "starter"
KEY = (RECORDING, 0, "swing_knee_flexion")
_SHOT = cv2.imencode(".jpg", np.full((480, 320, 3), 99, np.uint8))[1].tobytes()
PICTURES = {KEY: PagePicture(*KEY, "caption", (PageFrame(_SHOT, 320, 480, "knee"),))}


@functools.cache
def load_cases(language):
    return {one.name: one.case for one in build_cases(STARTER, language=language)}


class _EveryPicture(dict):
    """A picture of every metric, as large as on a real page."""

    def get(self, key: Any, default: Any = None) -> Any:
        return PagePicture(*key, "caption", (PageFrame(_SHOT, 320, 480, "shot"),))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_browser(tmp_path_factory.mktemp("browser-profile")) as opened:
        yield opened


@pytest.fixture
def show(browser, tmp_path) -> Iterator[Any]:
    opened = []

    def show_html(html: str, width_px: int = 1280) -> Any:
        file = tmp_path / "plan.html"
        file.write_text(html, encoding="utf-8")
        page = open_page(browser, file.as_uri(), own=("file:",))
        page.set_viewport_size({"width": width_px, "height": 900})
        opened.append(page)
        return page

    yield show_html
    for page in opened:
        page.close()


def render(**changes):
    report = build_report(**changes)
    return render_plan_sheet(report, report.report_id, PICTURES)


def count_pages(page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("width_px", [390, 1280])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sheet_fits_phone_and_desk_without_complaint(show, language, width_px):
    page = show(render(language=language), width_px)
    assert page.complaints == page.outside == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px
    assert page.evaluate("[...document.images].every(i => i.naturalWidth > 0)")
    assert page.locator("#answers").is_visible()


def test_the_saved_file_is_what_the_import_reads(show, tmp_path):
    report = build_report()
    page = show(render())
    finding = page.locator('[data-kind="finding"]')
    assert finding.locator("select").is_hidden()
    finding.get_by_label("disagree").check()
    finding.locator("select").select_option("target_too_strict")
    page.locator('[data-kind="exercise"]').get_by_label("agree", exact=True).check()
    page.locator("#who").fill("coach-7")
    with page.expect_download() as waiting:
        page.locator("#save").click()
    saved = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(saved)
    assert saved.name == f"feedback-{report.report_id}.json"
    answers = load_answers(saved)
    assert [
        (one.item_kind, one.item_id, one.answer, one.reason, one.given_by)
        for one in answers
    ] == [
        (
            *("finding", "walking_stride/stiff_swing_knee", "disagree"),
            *("target_too_strict", "coach-7"),
        ),
        ("exercise", "card-marching", "agree", None, "coach-7"),
    ]
    assert {one.report_id for one in answers} == {report.report_id}
    age = datetime.now(UTC) - answers[0].answered_at
    assert abs(age.total_seconds()) < 3600
    # Pseudonyms of athletes and teams stay at home.
    text = saved.read_text(encoding="utf-8")
    assert report.athlete_id not in text
    assert report.team_id not in text
    assert page.complaints == []


@pytest.mark.parametrize(
    ("who", "ticked", "told"),
    [("coach-7", False, "Nothing is ticked"), ("Maria Berg", True, "pseudonym")],
)
def test_nothing_is_saved_without_a_tick_or_under_a_name(show, who, ticked, told):
    page = show(render())
    if ticked:
        page.locator('[data-kind="finding"]').get_by_label("agree", exact=True).check()
    page.locator("#who").fill(who)
    page.locator("#save").click()
    assert told in page.locator("#told").inner_text()


def test_an_item_id_with_markup_comes_back_as_it_was(show, tmp_path):
    evil = "</script><img src=x onerror=\"document.title='taken'\">'"
    item = build_report().plan[0].model_copy(update={"passage": evil})
    page = show(render(plan=(item,), athlete_id=evil))
    page.locator('[data-kind="exercise"]').get_by_label("agree", exact=True).check()
    page.locator("#who").fill("coach-7")
    with page.expect_download() as waiting:
        page.locator("#save").click()
    saved = tmp_path / "answers.json"
    waiting.value.save_as(saved)
    content = json.loads(saved.read_text(encoding="utf-8"))
    assert content["answers"][0]["item_id"] == evil
    assert page.title() != "taken"
    assert page.complaints == page.outside == []


def test_on_paper_there_are_boxes_to_tick_and_no_form(show):
    page = show(render())
    page.emulate_media(media="print")
    assert page.locator("#answers").is_hidden()
    assert page.locator('[data-kind="finding"] input').count() == 2
    assert page.locator('[data-kind="finding"] input').first.is_visible()


# The longest sheets of the starter: three findings with three exercises, and the most
# text in two of them; and findings without exercises. All 192 sheets of all cases were
# one page when this was written.
@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("standing_long_jump/two_faults", "en"),
        ("standing_long_jump/two_faults", "zh"),
        ("countermovement_jump/undecided", "en"),
        ("walking_stride/no_evidence", "en"),
        ("drop_landing/two_faults", "zh"),
    ],
)
def test_the_longest_sheets_of_the_starter_are_one_page_of_paper(show, name, language):
    case = load_cases(language)[name]
    report = assemble_report(
        case,
        DeterministicWriter().write(case),
        knowledge_version="ab" * 32,
        embedding_model="all-MiniLM-L6-v2@1",
    )
    page = show(render_plan_sheet(report, report.report_id, _EveryPicture()))
    assert count_pages(page) == 1
